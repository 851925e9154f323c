"""One thread and one asyncio loop that keeps W tasks in flight."""
import asyncio
import threading

import lane
from seats import together
from worker import worker


def serve(job, w, latency):
    did = [0, 0, 0]
    loop = asyncio.new_event_loop()
    loop.run_until_complete(together(job, latency, did))
    loop.close()
    return did


def start(job, pipes):
    t = threading.Thread(target=worker, args=(job, 0, pipes[0][0], pipes[0][3], serve))
    t.daemon = True
    t.start()
    return t.join


if __name__ == '__main__':
    lane.run(start, streams=1)
