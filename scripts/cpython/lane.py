"""What happens in a lane: hello; the job; workers are started; "ready" with
the time that took; the start comes; each worker's report is passed on; "done".

A worker has two pipes: it reads the start from one and writes to the other, a
plus sign when it is there, then its report.
"""
import os
import sys

import talk
import tasks
from clock import clock
from workloads import refusal


def rest_of(fd):
    text, part = b'', True
    while part:
        part = os.read(fd, 65536)
        text += part
    os.close(fd)
    return text.decode()


def run(start, streams=None, private=False):
    """@start(job, pipes) starts a worker per member of @pipes, which is (read
    the start, -, -, write the report), and returns how to wait for them all.
    @private: each has a state of its own, and reports it."""
    talk.hello()
    job = talk.read_job()
    if refusal(job):
        talk.fail('not_applicable', refusal(job))
    job['private'] = private
    pipes = [os.pipe() + os.pipe() for _ in range(streams or job['workers'])]
    began = clock()
    join = start(job, pipes)
    for _, _, out, _ in pipes:
        first = os.read(out, 1)
        if first != b'+':
            sys.stdout.write(first.decode() + rest_of(out))
            sys.exit(0)
    talk.say('ready', clock() - began)
    at = sys.stdin.readline().encode()
    for _, go, _, _ in pipes:
        os.write(go, at)
    for _, _, out, _ in pipes:
        sys.stdout.write(rest_of(out))
    join()
    if not private:
        talk.say('state', *tasks.STATE)
    talk.say('done')
