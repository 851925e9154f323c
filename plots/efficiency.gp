# efficiency.gp - speedup per worker.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
Y = 'efficiency'; LOW = 'efficiency_lo'; HIGH = 'efficiency_hi'
label(p) = 'efficiency: speedup / workers'
if (KIND eq 'lines') { IDEAL = 'ideal'; ideal(x) = 1 }
load 'scaling.gp'
