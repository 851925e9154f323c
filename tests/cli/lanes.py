#!/usr/bin/env python3
# lanes.py - do the lanes of scripts/cpython do what a right sum does not show: the
# CPU, the start, the counters, the switch interval, how many at once?  Prints what
# they do not; exit 1 if anything.  No time is held against a limit.
import collections
import io
import multiprocessing
import os
import resource
import sys
import threading
import time

sys.path.insert(0, 'scripts/cpython')
import asyncio_lane
import clock
import compute
import convoying
import processes
import shared
import talk
import tasks
import threads
import worker
from workloads import WORKLOADS

JOB = {'workload': 'probe', 'tasks': 5, 'units': 2, 'seed': 7, 'workers': 2, 'private': False,
       'spawn': 0, 'param': {}, 'cpus': [-1, -1], 'fds': [-1, -1]}
bad = []


def check(what, right):
    if not right:
        bad.append(what)


def lane(start, job, n):
    """What @n streams of a lane report, line by line, started at @at."""
    pipes = [os.pipe() + os.pipe() for _ in range(n)]
    join = start(job, pipes)
    for p in pipes:
        check('a worker is not there', os.read(p[2], 1) == b'+')
    at = clock.clock() + 20000000
    for p in pipes:
        os.write(p[1], b'%d\n' % at)
    said = [open(p[2]).read() for p in pipes]
    join()
    return at, [line.split() for text in said for line in text.splitlines()]


def of(word, said):
    return {int(line[1]): [int(v) for v in line[2:]] for line in said if line[0] == word}


# tasks, each where and with whom it ran
where, here, most = {}, set(), []


def probe(t):
    here.add(t.index)
    where[t.index] = sorted(os.sched_getaffinity(0))
    yield tasks.SLEEP, clock.clock() + 1000000
    most.append(len(here))
    for _ in range(t.units):
        yield tasks.UNIT
    here.discard(t.index)
    t.result = 1


def check_clock():
    """It is the one that the start is told in."""
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    now = clock.clock()
    check('not the clock of the start', before <= now <= time.clock_gettime_ns(time.CLOCK_MONOTONIC))
    clock.sleep_until(now + 3000000)
    check('a sleep that ends too early', clock.clock() >= now + 3000000)


def mine():
    r = resource.getrusage(resource.RUSAGE_THREAD)
    return [round(r.ru_utime * 1e9), round(r.ru_stime * 1e9), r.ru_nvcsw, r.ru_nivcsw]


def check_usage():
    """It is that of the thread, each number in its place; a worker's from the start on."""
    other = threading.Thread(target=lambda: [time.sleep(0) or sum(range(1000)) for _ in range(2000)])
    other.start()
    other.join()
    while mine()[0] < 2 * mine()[1] + 5000000:
        sum(range(100000))
    before, got, after = mine(), clock.usage(), mine()
    check('the usage of another: %s' % [before, got, after],
          all(a - 2 <= b <= c + 2 for a, b, c in zip(before, got, after)))
    go, told, said, out = os.pipe() + os.pipe()
    os.write(told, b'0')
    worker.worker(JOB, 0, go, out, lambda job, w, latency: [0, 0, 0])
    used = [int(v) for v in open(said).read().split()[-4:]]
    check('usage from before the start: %s' % used,
          all(u <= c - b + 2 for u, b, c in zip(used, after, mine())))


def check_job():
    """Words become numbers, lists and parameters; the interval is set."""
    sys.stdin = io.StringIO('squares tasks=8 workers=2 interval=7000000 ticks=0 cpus=0:1: p.n=5\n')
    job = talk.read_job()
    check('the job: %s' % job, job['tasks'] == 8 and job['cpus'] == [0, 1] and
          job['param'] == {'n': 5} and job['workload'] == 'squares')
    check('the switch interval: %s' % sys.getswitchinterval(), abs(sys.getswitchinterval() - .007) < 1e-6)


def check_threads():
    """Each worker on its CPU, from the start on, with its share."""
    cpus = sorted(os.sched_getaffinity(0))
    pair = [cpus[-1], cpus[0]]
    at, said = lane(threads.start, dict(JOB, cpus=pair), 2)
    reports, latency = of('worker', said), of('latency', said)
    check('reports: %s' % said, sorted(reports) == [0, 1])
    check('where: %s' % where, where == {i: [pair[i >= 2]] for i in range(5)})
    for w, n in ((0, 2), (1, 3)):
        begin, end, did, units, total = reports[w][:5]
        check('begins before the start', at <= begin <= end <= clock.clock())
        check('its share: %s' % reports[w], (did, units, total) == (n, 2 * n, n))
        check('a unit without its latency', len(latency[w]) == 2 * n)
        check('latency of more than it took', sum(latency[w]) <= end - begin)
        check('waiting is not in it', max(latency[w]) >= 1000000)


def check_asyncio():
    """As many in flight as there are workers; who runs out takes the next."""
    where.clear(), here.clear(), most.clear()
    at, said = lane(asyncio_lane.start, dict(JOB, cpus=[-1]), 1)
    check('one loop: %s' % said, [r[2:5] for r in of('worker', said).values()] == [[5, 10, 5]])
    check('each task once: %s' % where, sorted(where) == list(range(5)))
    check('%s in flight' % max(most), max(most) == 2)
    check('a unit without its latency', len(of('latency', said)[0]) == 10)
    check('waiting is not in it', max(of('latency', said)[0]) >= 999000)


def turns(steps):
    """How often the line was run that is run most."""
    lines = collections.Counter()

    def trace(frame, event, _):
        lines[frame.f_code, frame.f_lineno] += event == 'line'
        return trace
    convoying.client[0] = convoying.AT_WORK
    sys.settrace(trace)
    for _ in steps:
        convoying.client[0] = convoying.FINISHED
    sys.settrace(None)
    return max(lines.values())


def check_turns():
    """Three ticks are a turn of the loop, as in CPython 2.7."""
    t = tasks.Task(dict(JOB, units=1, param={'ticks': 3000, 'cost': 5}), 1)
    check('turns for 3000 ticks', turns(compute.countdown(t)) in (1000, 1001))
    check('turns for 2000 ticks', turns(convoying.hog(t)) in (667, 668))


def check_locks():
    """What is done under the lock takes it each time."""
    class Lock(object):
        taken = 0

        def __enter__(self):
            self.taken += 1

        def __exit__(self, *_):
            pass
    real, shared.LOCK = shared.LOCK, Lock()
    shared.PROGRAMS[8][0](10)
    check('the locked program takes no lock', shared.LOCK.taken == 10)
    list(shared.counter(tasks.Task(dict(JOB, param={'ops': 5}), 1)))
    check('the counter takes no lock', shared.LOCK.taken == 20)
    shared.LOCK = real


def check_method():
    """Processes are made as was said."""
    asked, real = [], multiprocessing.get_context
    multiprocessing.get_context = lambda method: asked.append(method) or real(method)
    for spawn in (0, 1):
        processes.start(dict(JOB, spawn=spawn), [])
    multiprocessing.get_context = real
    check('made by %s' % asked, asked == ['fork', 'spawn'])


WORKLOADS['probe'] = (probe, True)
for test in (check_clock, check_usage, check_job, check_threads, check_asyncio, check_turns,
             check_locks, check_method):
    test()
print('\n'.join(bad))
sys.exit(bool(bad))
