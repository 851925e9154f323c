"""Tasks in flight in an asyncio loop."""
import asyncio
import os
import socket

import tasks
from clock import clock
from workloads import WORKLOADS


async def grant(loop, sock, t, kind, arg):
    if kind in ('unit', 'yield'):
        await asyncio.sleep(0)
    elif kind == tasks.SLEEP:
        await asyncio.sleep(max(0, arg - clock()) / 1e9)
    elif kind == tasks.SEND:
        await loop.sock_sendall(sock, arg)
    else:
        t.res = await loop.sock_recv(sock, arg)
        while 0 < len(t.res) < arg:
            t.res += await loop.sock_recv(sock, arg - len(t.res))


async def seat(job, place, feed, latency, did):
    """A place in flight: one task after another from @feed."""
    run, timed = WORKLOADS[job['workload']]
    loop, sock = asyncio.get_event_loop(), None
    if job['fds'][place] >= 0:
        sock = socket.socket(fileno=os.dup(job['fds'][place]))
        sock.setblocking(False)
    for index in feed:
        t = tasks.Task(job, index)
        t.unit_ns = clock()
        for kind, arg in run(t):
            if kind == 'unit':
                now = clock() if timed else 0
                did[1] += 1
                if timed:
                    latency.append(now - t.unit_ns)
                t.unit_ns = now
            await grant(loop, sock, t, kind, arg)
        did[0] += 1
        did[2] = did[2] + t.result & tasks.ALL


async def together(job, latency, did):
    feed = iter(range(job['tasks']))
    await asyncio.gather(*[seat(job, i, feed, latency, did) for i in range(job['workers'])])
