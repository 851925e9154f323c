#!/bin/sh
# gil_model.t - spin looks at every interleaving of the interpreter lock's model:
# nobody is stuck, one holder at a time, a forced switch goes to another; and a
# model that lacks a part of the protocol is found wrong.  TAP.
cd "$(dirname "$0")" || exit 2
model=$PWD/gil.pml
for tool in spin cc; do
	command -v "$tool" >/dev/null || { echo "1..0 # SKIP no $tool"; exit 0; }
done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
n=0
# verify DEFINE... - 0 when every state was looked at and none is wrong
verify() {
	rm -f pan* && spin "$@" -a "$model" >log 2>&1 &&
		cc -O1 -w -DSAFETY -DCOLLAPSE -DMEMLIM=1024 -o pan pan.c >>log 2>&1 &&
		./pan -m200000 >>log 2>&1 && grep -q 'errors: 0' log &&
		! grep -q 'max search depth too small\|Search not completed' log
}
# line RC WHAT - and what was said, unless RC is 0
line() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"
	else echo "not ok $n - $2"; sed 's/^/# /' log; fi
}
# wrong WHAT DEFINE... - spin must say WHAT
wrong() {
	what=$1
	shift
	verify "$@"
	grep -q "$what" log
}
verify -DTIMEOUTS -DTHREADS=2 -DROUNDS=3
line $? "two threads"
verify -DTIMEOUTS
line $? "three threads"
verify -DROUNDS=1
line $? "three threads, and no time-out to mend a lost wake-up"
wrong 'assertion violated' -DTIMEOUTS -DTHREADS=2 -DROUNDS=2 -DMUTANT=1
line $? "noticed: nobody waits until it is free"
wrong 'invalid end state' -DTIMEOUTS -DTHREADS=2 -DROUNDS=2 -DMUTANT=2
line $? "noticed: a forced switch without a signal"
wrong 'invalid end state' -DTHREADS=2 -DROUNDS=2 -DMUTANT=3
line $? "noticed: a release without a signal"
wrong 'assertion violated' -DTIMEOUTS -DTHREADS=2 -DROUNDS=2 -DMUTANT=4
line $? "noticed: a drop on request that waits for nobody"
echo "1..$n"
