#!/usr/bin/env bats
# Real servers seen from outside: one that dies costs one row, one that is not
# installed is skipped, and nothing is left.

bats_require_minimum_version 1.5.0

setup() {
	export SAMEWORK_LOCK="$BATS_TEST_TMPDIR/lock" TMPDIR="$BATS_TEST_TMPDIR/tmp"
	SW="$PWD/${SW_TEST:-build/samework-test}" DIR="$BATS_TEST_TMPDIR/run"
	mkdir "$TMPDIR"
}

# sweep STRATEGIES WORKLOAD... - run them; the exit code is in $status
# (a workload may bring parameters: "mortal, params: {way: deaf}")
sweep() {
	printf 'title: t\nquestion: q\nworkers: [2]\nplacements: [none]\nstrategies: [%s]\n' "$1" >"$BATS_TEST_TMPDIR/real.yaml"
	echo 'workloads:' >>"$BATS_TEST_TMPDIR/real.yaml"
	shift
	printf '  - {name: %s, tasks: 8, units: 20}\n' "$@" >>"$BATS_TEST_TMPDIR/real.yaml"
	run "$SW" run --profile smoke --out "$DIR" "$BATS_TEST_TMPDIR/real.yaml"
}
# column NAME - of samples.csv, for the rows that match PATTERN
column() {
	awk -F, -v name="$1" -v pattern="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
		NR > 1 && $0 ~ pattern { print $at }' "$DIR/samples.csv"
}
have() {
	PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null || skip "$1 is not installed"
}

# nobody NAME - no process of that name has the TMPDIR of this test
nobody() {
	for p in /proc/[0-9]*; do
		if grep -qsz "^TMPDIR=$TMPDIR" "$p/environ"; then cat "$p/comm"; fi
	done >"$BATS_TEST_TMPDIR/left" || true
	run ! grep "$1" "$BATS_TEST_TMPDIR/left"
}

@test "a server that dies: server_lost, and the sweep goes on" {
	have python3
	sweep 'single, fine, async-epoll, fork' mortal echo
	[ "$status" -eq 3 ]
	for strategy in fine async-epoll fork; do
		[ "$(column status ",mortal,.*,$strategy," | sort -u)" = server_lost ]
		[ "$(column reason ",mortal,.*,$strategy," | sort -u)" = "the server died" ]
		column status ",echo,.*,$strategy," | grep -qE '^(ok|env_changed)$'
	done
	column status ',mortal,.*,single,' | grep -qE '^(ok|env_changed)$'
}
@test "a server that is not installed: skipped, with the package's name" {
	sweep single 'mortal, params: {way: absent}'
	[ "$status" -eq 0 ]
	[ "$(column status ',mortal,' | sort -u)" = skipped ]
	column reason ',mortal,' | grep -q 'Debian package none-such'
}
@test "a server that does not hear TERM is killed, with its helper" {
	have python3
	sweep single 'mortal, params: {way: deaf}'
	[ "$status" -eq 0 ]
	[ -z "$(column status ',mortal,' | grep -vE '^(ok|env_changed)$')" ]
	nobody python3
}
@test "what the server was is in its row" {
	have redis-server
	sweep single redis
	[ "$status" -eq 0 ]
	[[ "$(column server ',redis,' | sort -u)" =~ ^redis-server-[0-9.]+$ ]]
	column server_cpu_ns ',redis,' | grep -qE '^[1-9]'
}
@test "no process, socket or folder is left" {
	have redis-server
	sweep 'single, fine' 'redis, params: {transport: unix}'
	[ -z "$(ls -A "$TMPDIR")" ]
	nobody redis-server
}
