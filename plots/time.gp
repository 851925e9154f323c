# time.gp - how long a pass takes.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
Y = 'wall_ns'; LOW = 'wall_lo'; HIGH = 'wall_hi'
label(p) = 'wall time, '.shown(p)
load 'scaling.gp'
