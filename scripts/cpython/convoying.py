"""The convoy; see tasks.py and harness/workloads/convoy.c."""
from tasks import LOCK, STATE, YIELD, mix
from waiting import echo

NOT_HERE, AT_WORK, FINISHED = range(3)
client = [NOT_HERE]


def convoy(t):
    """Task 0 asks the server, all others compute until it has finished."""
    return hog(t) if t.index else ask(t)


def ask(t):
    client[0] = AT_WORK
    try:
        for op in echo(t):
            yield op
    finally:
        client[0] = FINISHED


def hog(t):
    batch, ticks = 10000 // t.param['cost'], 0
    patience = 200000000 // t.param['cost']
    while client[0] != FINISHED:
        if client[0] == NOT_HERE and ticks >= patience:
            raise RuntimeError('no client has come')
        n = batch
        while n > 0:                        # three ticks, as in countdown
            n -= 3
        ticks += batch
        yield YIELD
    with LOCK:
        STATE[16] += ticks
    t.result = mix(t.seed ^ t.index)
