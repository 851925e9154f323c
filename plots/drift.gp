# drift.gp - baseline, twin and canary in the order of blocks.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
NAME = 'series'; X = 'block'; XLOG = 0; XLABEL = 'block'
Y = 'percent'; Z = 'disturbed'; EXTRA = 'disturbed'; ZMARK = 4; ZSIZE = 1.7
label(p) = 'difference from the median, %'
ideal(x) = 0
load 'scaling.gp'
