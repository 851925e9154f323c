"""A thread per worker, under whatever lock the interpreter has."""
import threading

import lane
from worker import worker


def start(job, pipes):
    team = [threading.Thread(target=worker, args=(job, w, p[0], p[3]))
            for w, p in enumerate(pipes)]
    for t in team:
        t.daemon = True
        t.start()
    return lambda: [t.join() for t in team]


if __name__ == '__main__':
    lane.run(start)
