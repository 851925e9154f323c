"""One worker: pin, meet the others, run its share of the tasks, report."""
import os

import blocking
import tasks
from clock import clock, pin, sleep_until, usage


def report(fd, *words):
    text = (' '.join(map(str, words)) + '\n').encode()
    while text:
        text = text[os.write(fd, text):]


def worker(job, w, go, out, serve=blocking.serve):
    """@serve(job, w, latency) runs the tasks and says [tasks, units, checksum]."""
    status = 'bind_fail'
    try:
        pin(job['cpus'][w])
        status = 'io_error'
        os.write(out, b'+')
        sleep_until(int(os.read(go, 32)))
        latency, before, begin = [], usage(), clock()
        did = serve(job, w, latency)
        end, after = clock(), usage()
        used = [b - a for a, b in zip(before, after)]
        report(out, 'worker', w, begin, end, *(did + used))
        if latency:
            report(out, 'latency', w, *latency)
        if job['private']:
            report(out, 'state', *tasks.STATE)
    except Exception as e:
        report(out, 'fail', status, type(e).__name__, str(e).replace('\n', ' '))
    finally:
        os.close(out)
