# cpu.gp - CPU time of a unit: of the workers, and beside it of the server.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
Y = 'cpu_ns_per_unit'; Z = 'server_cpu_ns_per_unit'
label(p) = 'CPU time per '.panel(p, 3).', '.shown(p)
EXTRA = 'the server'
load 'scaling.gp'
