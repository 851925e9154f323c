"""A process per worker, by multiprocessing: forked, or spawned anew."""
import multiprocessing
import os

import lane
from worker import worker


def spawned(job, w, go, out):
    worker(job, w, os.dup(go.fileno()), os.dup(out.fileno()))


def start(job, pipes):
    target, end, make = worker, int, multiprocessing.Process
    if hasattr(multiprocessing, 'get_context'):     # 2.7 only forks
        make = multiprocessing.get_context('spawn' if job['spawn'] else 'fork').Process
    if job['spawn']:
        from multiprocessing.connection import Connection
        target, end = spawned, Connection
    team = []
    for w, p in enumerate(pipes):
        ends = end(p[0]), end(p[3])
        team.append(make(target=target, args=(job, w) + ends))
        team[w].daemon = True
        team[w].start()
        if job['spawn']:
            ends[1].close()
        else:
            os.close(p[3])

    def join():
        for t in team:
            t.join()
        if job['spawn']:                            # its helper must not outlive us
            from multiprocessing.resource_tracker import _resource_tracker
            _resource_tracker._stop()
    return join


if __name__ == '__main__':
    lane.run(start, private=True)
