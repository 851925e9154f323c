"""Which workload is which generator."""
import compute
import convoying
import shared
import tasks
import waiting

# and whether its units are timed: that would cost one that computes a hundredth,
# and tell nothing
WORKLOADS = {
    'null': (tasks.null, False), 'countdown': (compute.countdown, False),
    'squares': (compute.squares, False), 'primes': (compute.primes, False),
    'counter': (shared.counter, False), 'bytecode': (shared.bytecode, False),
    'convoy': (convoying.convoy, True), 'sleep': (waiting.sleep, True),
    'echo': (waiting.echo, True), 'delay': (waiting.delay, True),
}

# parameters that only some values are written down for
VALUES = {'bytecode': {'program': tuple(shared.PROGRAMS)}, 'echo': {'window': (1,)},
          'delay': {'law': (0,), 'rate': (0,)}}


def refusal(job):
    """Why there is no Python version of this, or None."""
    for name, values in VALUES.get(job['workload'], {}).items():
        if job['param'].get(name, values[0]) not in values:
            return 'no Python version with this ' + name
