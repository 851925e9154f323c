#!/usr/bin/env bats
# Each way to deadlock costs one row with that status, within its deadline; who
# has no lock to wait for ends well.

bats_require_minimum_version 1.5.0

# measure STRATEGY TIMEOUT WORKLOADS
measure() {
	cat >"$BATS_FILE_TMPDIR/deadlock.yaml" <<-END
		title: deadlocks
		question: does each end as what it is?
		workloads:
		  - {name: deadlock, as: relock, params: {kind: relock}, tasks: 24, units: 4, ends: deadlock}
		  - {name: deadlock, as: abba, params: {kind: abba}, tasks: 24, units: 20, ends: deadlock}
		  - {name: deadlock, as: join, params: {kind: join}, tasks: 240, units: 20, ends: deadlock}
		  - {name: deadlock, as: pipes, params: {kind: pipes}, tasks: 24, units: 1, ends: deadlock}
		  - {name: deadlock, as: user, params: {kind: user}, tasks: 24, units: 20, ends: deadlock}
		  - {name: deadlock, as: fork, params: {kind: fork}, tasks: 24, units: 10, ends: deadlock}
		strategies: [$1]
		workers: [2]
		placements: [none]
		timeout: $2
	END
	SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock" "$SW" run --profile smoke --workloads "$3" \
		--out "$BATS_FILE_TMPDIR/$1-$2" "$BATS_FILE_TMPDIR/deadlock.yaml" \
		>>"$BATS_FILE_TMPDIR/out" 2>&1 || true
}

# what deadlocks is given a second; what does not, as long as a busy machine takes
setup_file() {
	export SW="$PWD/${SW_BIN:-build/samework}"
	measure nogil 1s relock,abba,join,pipes,fork
	measure gil 1s pipes,user
	measure gil 60s relock,abba,join,fork
}

# rows LABEL STRATEGY - status and reason of its rows, one a line
rows() {
	for dir in "$BATS_FILE_TMPDIR/$2"-*; do
		awk -F, -v cell="$1/$2/none/2" '
			NR == FNR { if ($5 == cell) mine[$1] = 1; next }
			$3 in mine && $12 <= 1 { print $14 ": " $15 }' "$dir/plan.csv" "$dir/samples.csv"
	done
}

# all LABEL STRATEGY PATTERN - there are rows, and they ended so
all() {
	cat "$BATS_FILE_TMPDIR/out"
	rows "$1" "$2"
	rows "$1" "$2" | grep -qE "^$3"
	run ! grep -vE "^$3" <<<"$(rows "$1" "$2")"
}

# some LABEL STRATEGY - at least one deadlock, and nothing worse: it takes two that
# run at the same moment, which a busy machine may not grant, or not within the second
some() {
	all "$1" "$2" '(expected_fail: deadlock|ok|env_changed|timeout): '
	rows "$1" "$2" | grep -q '^expected_fail: deadlock: '
}

@test "one lock, taken by who holds it" { all relock nogil 'expected_fail: deadlock: '; }
@test "two locks, in opposite orders" { some abba nogil; }
@test "a join with the lock" { some join nogil; }
@test "a fork with the lock held by another" { some fork nogil; }
@test "two locks of the program, and the interpreter lock free" { some user gil; }
@test "two full pipes" { all pipes nogil 'expected_fail: deadlock: '; }
@test "two full pipes, and the interpreter lock free" { all pipes gil 'expected_fail: deadlock: '; }
@test "where there is no lock, all else ends well" {
	for kind in relock abba join fork; do
		all "$kind" gil '(ok|env_changed): '
	done
}
