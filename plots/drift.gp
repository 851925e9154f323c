# drift.gp - baseline, twin and canary in the order of blocks, over their medians.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
NAME = 'series'; X = 'block'; XLOG = 0; XLABEL = 'block'
Y = 'relative'; Z = 'disturbed'; EXTRA = 'disturbed'; ZMARK = 4; ZSIZE = 1.7
label(p) = 'over its median'
ideal(x) = 1
load 'scaling.gp'
