# latency.gp - how long a unit takes: median, and beyond it.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
Y = 'p50_ns'; LOW = Y; HIGH = 'p99_ns'; Z = 'p90_ns'
label(p) = (panel(p, 9) eq 'open' ? 'response time from the intended start' : \
	'service time per '.panel(p, 3)).', '.shown(p)
EXTRA = 'p90'; ZMARK = 1
load 'scaling.gp'
