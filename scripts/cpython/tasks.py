"""The workloads of harness/workloads/*.c: same tasks, same units, same results.

A task is a generator that yields what it wants next, as a step there returns
an operation; the answer is in t.res.  So one text serves every lane.
"""
try:
    from _thread import allocate_lock
except ImportError:                         # 2.7
    from thread import allocate_lock
    range = xrange                          # as in all files beside this

UNIT, YIELD, SLEEP, SEND, RECV = ('unit', 0), ('yield', 0), 'sleep', 'send', 'recv'
ALL = (1 << 64) - 1
STATE = [0] * 17                            # words of the shared state
LOCK = allocate_lock()                      # the one shard


class Task(object):
    def __init__(self, job, index):
        self.index, self.units, self.seed = index, job['units'], job['seed']
        self.param = job['param']


def mix(z):
    """rng_mix() of base/rng.h"""
    z = z + 0x9e3779b97f4a7c15 & ALL
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & ALL
    z = (z ^ z >> 27) * 0x94d049bb133111eb & ALL
    return z ^ z >> 31


def random(t, unit):
    """task_random(t, unit, 0)"""
    return mix(mix(t.seed ^ mix(t.index)) + (unit << 16) * 0x9e3779b97f4a7c15 & ALL)


def null(t):
    total = 0
    for unit in range(t.units):
        total += unit
        yield UNIT
    t.result = total + mix(t.index)
