"""Workloads whose tasks share something; see tasks.py."""
from tasks import LOCK, STATE, UNIT, mix, random
try:
    range = xrange                          # 2.7
except NameError:
    pass


def counter(t):
    state, ops, total = STATE, t.param['ops'], 0
    for _ in range(t.units):
        for _ in range(ops):
            with LOCK:
                state[0] += 1
        total += ops
        yield UNIT
    t.result = total + mix(t.index)


def one():
    return 1


def count(n, state=STATE):
    while n:
        state[0] += 1
        n -= 1


def count_call(n, state=STATE):
    while n:
        state[0] += one()                   # read; another may run; write
        n -= 1


def count_locked(n, state=STATE):
    while n:
        with LOCK:
            state[0] += 1
        n -= 1


# of bytecode: which program, and the increments of a unit
PROGRAMS = {5: (count, 100), 6: (count_call, 83), 8: (count_locked, 125)}


def bytecode(t):
    run, n = PROGRAMS[t.param['program']]
    total = 0
    for unit in range(t.units):
        run(n)
        total = mix(total ^ ((random(t, unit) ^ total) >> 2 | 1 << 60))
        yield UNIT
    with LOCK:
        STATE[16] += t.units * n            # what the first word should be
    t.result = mix(total ^ t.index)
