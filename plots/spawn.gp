# spawn.gp - what it takes to start the workers, and beside it to end them.
call 'style.gp' ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7 ARG8
Y = 'spawn_ns'; Z = 'join_ns'
label(p) = 'start of all workers, '.shown(p)
EXTRA = 'end of all'
load 'scaling.gp'
