"""Workloads that compute; see tasks.py."""
from tasks import ALL, UNIT, mix
try:
    range = xrange                          # 2.7
except NameError:
    pass


def countdown(t):
    """Beazley's `while n > 0: n -= 1`.  One turn of the loop is three ticks of
    CPython 2.7, so here it takes three off; what C burns to be as slow as
    that, the interpreter burns by itself."""
    ticks, counted = t.param['ticks'], 0
    for _ in range(t.units):
        n = ticks
        while n > 0:
            n -= 3
        counted += ticks - max(n, 0)
        yield UNIT
    t.result = mix(counted ^ t.index)


def squares(t):
    n, first, total = t.param['n'], t.index, 0
    for _ in range(t.units):
        for i in range(first, first + n):
            total += i * i
        yield UNIT
    t.result = total


def primes(t):
    first, total = t.param['first'], 0
    for unit in range(t.units):
        n = first + (unit + t.index) % t.units % 100000000 * 2 | 1
        d = 3
        while d * d <= n and n % d:
            d += 2
        total = mix(total ^ n) + d & ALL
        yield UNIT
    t.result = mix(total ^ t.index)
