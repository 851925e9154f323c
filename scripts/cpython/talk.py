"""How the lanes talk with harness/strategies/python.c: lines of words."""
from __future__ import print_function
import sys


def say(*words):
    print(*words)
    sys.stdout.flush()


def hello():
    """Who we are."""
    v, off = sys.version_info, getattr(sys.flags, 'nogil', 0)
    name = getattr(getattr(sys, 'implementation', None), 'name', 'cpython')
    if hasattr(sys, '_is_gil_enabled'):     # 3.13
        import sysconfig
        off = sysconfig.get_config_var('Py_GIL_DISABLED')
    suffix = 't' * bool(off) + '-gil' * bool(off and getattr(sys, '_is_gil_enabled', bool)())
    say('hello', v[0] * 1000 + v[1], 'free-threaded' if off else 'gil',
        '%s-%d.%d.%d%s' % ((name,) + tuple(v[:3]) + (suffix,)))


def read_job():
    """'squares tasks=8 cpus=0:1 p.n=5000' as a dictionary; lists have a colon
    behind each number."""
    words = sys.stdin.readline().split()
    job = {'workload': words[0], 'param': {}}
    for word in words[1:]:
        key, value = word.split('=')
        value = [int(v) for v in value.split(':')[:-1]] if ':' in value else int(value)
        (job['param'] if key.startswith('p.') else job)[key.replace('p.', '')] = value
    if job['interval'] and hasattr(sys, 'setswitchinterval'):
        sys.setswitchinterval(job['interval'] / 1e9)
    elif job['ticks'] and sys.version_info < (3, 2):
        sys.setcheckinterval(job['ticks'])
    elif job['interval'] or job['ticks']:
        fail('not_applicable', 'ticks are of 2.7 and an interval of 3.2 and later')
    return job


def fail(status, why):
    say('fail', status, why)
    sys.exit(0)
