#!/usr/bin/env python3
# reseal.py FILE STATEMENT [COLUMN...] - change the rows of a samples.csv, leave
# out the columns, and seal the rows again.
# STATEMENT sees a row as r, by column name, and its number as i, from 0.
import sys

M = 0xFFFFFFFF
P = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)


def rotate(x, n):
    return (x << n | x >> (32 - n)) & M


def xxh32(b):
    """XXH32 with seed 0, after doc/xxhash_spec.md."""
    at = 0
    if len(b) >= 16:
        lane = [(P[0] + P[1]) & M, P[1], 0, -P[0] & M]
        while at + 16 <= len(b):
            for k in range(4):
                word = int.from_bytes(b[at:at + 4], 'little')
                lane[k] = rotate((lane[k] + word * P[1]) & M, 13) * P[0] & M
                at += 4
        h = sum(rotate(v, n) for v, n in zip(lane, (1, 7, 12, 18)))
    else:
        h = P[4]
    h = (h + len(b)) & M
    while at + 4 <= len(b):
        word = int.from_bytes(b[at:at + 4], 'little')
        h = rotate((h + word * P[2]) & M, 17) * P[3] & M
        at += 4
    for byte in b[at:]:
        h = rotate((h + byte * P[4]) & M, 11) * P[0] & M
    for shift, prime in ((15, P[1]), (13, P[2]), (16, 1)):
        h = (h ^ h >> shift) * prime & M
    return h


path, statement, *drop = sys.argv[1:]
lines = open(path).read().splitlines()
names = lines[0].split(',')
for i, line in enumerate(lines[1:]):
    r = dict(zip(names, line.split(',')))
    exec(statement)
    body = ','.join(str(r[n]) for n in names[:-1] if n not in drop)
    lines[i + 1] = '%s,%08x' % (body, xxh32(body.encode()))
lines[0] = ','.join(n for n in names if n not in drop)
open(path, 'w').write('\n'.join(lines) + '\n')
