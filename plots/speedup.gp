# speedup.gp - how many times as fast as the baseline, against workers.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
Y = 'speedup'; LOW = 'speedup_lo'; HIGH = 'speedup_hi'
label(p) = 'speedup'
if (KIND eq 'lines') { IDEAL = 'ideal'; ideal(x) = x }
load 'scaling.gp'
