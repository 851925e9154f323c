"""A sub-interpreter per worker, each in a thread.  Since 3.12 each has a lock
of its own (PEP 684); before, all have one together."""
import sys
import threading

import lane
try:
    import _interpreters as interpreters            # 3.13
except ImportError:
    import _xxsubinterpreters as interpreters       # 3.8

CODE = '''
import sys
sys.path.insert(0, %r)
from worker import worker
worker(%r, %d, %d, %d)
'''


def body(job, w, go, out):
    execute = getattr(interpreters, 'exec', None) or interpreters.run_string
    one = interpreters.create()
    try:
        execute(one, CODE % (sys.path[0], job, w, go, out))
    finally:
        interpreters.destroy(one)


def start(job, pipes):
    team = [threading.Thread(target=body, args=(job, w, p[0], p[3]))
            for w, p in enumerate(pipes)]
    for t in team:
        t.daemon = True
        t.start()
    return lambda: [t.join() for t in team]


if __name__ == '__main__':
    lane.run(start, private=True)
