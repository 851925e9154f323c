#!/usr/bin/env bats
# A failing trial costs one row with the right status, and the sweep goes on.
# One run holds them all; each test looks at the rows of one fault.
# FAULTS="fine segv" runs only those, for who wants one test (bats -f).

bats_require_minimum_version 1.5.0

setup_file() {
	export SW="$PWD/${SW_TEST:-build/samework-test}" DIR="$BATS_FILE_TMPDIR/run"
	SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock" "$SW" run --profile smoke --out "$DIR" \
		${FAULTS:+--workloads "$FAULTS"} tests/cli/faults.yaml >"$BATS_FILE_TMPDIR/out" 2>"$BATS_FILE_TMPDIR/err" &&
		status=0 || status=$?
	echo "$status" >"$BATS_FILE_TMPDIR/status"
}

# rows LABEL STRATEGY - status and reason of its rows, one a line
rows() {
	awk -F, -v cell="$1/$2/none/1" '
		NR == FNR { if ($5 == cell && $6 != "twin") mine[$1] = 1; next }
		$3 in mine && $12 <= 1 { print $14 ": " $15 }' "$DIR/plan.csv" "$DIR/samples.csv"
}

# expect LABEL PATTERN - both blocks of LABEL under threads ended so
expect() {
	rows "$1" fine
	[ "$(rows "$1" fine | wc -l)" -eq 2 ]
	[ "$(rows "$1" fine | grep -cE "^$2")" -eq 2 ]
}

@test "the sweep ends with exit code 3" {
	cat "$BATS_FILE_TMPDIR/err"
	[ "$(cat "$BATS_FILE_TMPDIR/status")" -eq 3 ]
	diff <(cut -d, -f1 "$DIR/plan.csv" | sort -u) <(cut -d, -f3 "$DIR/samples.csv" | sort -u)
}
@test "what is healthy is measured" {
	[ "$(rows fine fine | grep -cE '^(ok|env_changed)')" -eq 2 ]
	[ "$(rows segv single | grep -cE '^(ok|env_changed)')" -eq 2 ]
}
@test "a sleep is not stretched: a timer slack of 1 ns, as the sum says" { expect slack '(ok|env_changed): '; }
@test "a row that failed has no numbers" {
	run awk -F, '$14 == "crash" { n++; for (i = 16; i <= 40; i++) if (i != 33 && $i != "") bad++ }
		END { print n, bad + 0 }' "$DIR/samples.csv"
	[ "$output" = "4 0" ]
}
@test "segmentation fault: crash" { expect segv 'crash: signal 11'; }
@test "abort: abort, with its last words" { expect abort 'abort: .*assertion of the fault'; }
@test "heap corruption: abort" { expect corrupt 'abort:'; }
@test "asleep for ever: timeout" { expect hang 'timeout: '; }
@test "a loop that ignores TERM: timeout" { expect spin 'timeout: '; }
@test "stopped: timeout" { expect stop 'timeout: '; }
@test "exit 0 without a result: no_result" { expect exit0 'no_result: exit 0'; }
@test "exit 7: exit_code" { expect exit7 'exit_code: exit code 7'; }
@test "garbage for a result: no_result" { expect garbage 'no_result: '; }
@test "a wrong sum: wrong_checksum, both values" {
	expect badsum 'wrong_checksum: checksum [0-9a-f]{16}; expected [0-9a-f]{16}'
}
@test "another op stream: wrong_checksum" { expect badops 'wrong_checksum: ops'; }
@test "another shared state: wrong_checksum" { expect badstate 'wrong_checksum: state'; }
@test "killed by somebody: crash" { expect killed 'crash: signal 9'; }
@test "grandchildren left behind, one a pass: leaked, and killed" {
	expect grandchild 'leaked: left 2 processes'
	# a trial's command line holds its row of the plan
	for id in $(awk -F, '$5 == "grandchild/fine/none/1" { print $1 }' "$DIR/plan.csv"); do
		run ! pgrep -f "samework trial .*$id"
	done
}
@test "out of memory: alloc_fail" { expect nomemory 'alloc_fail: malloc'; }
@test "every thread waits for a lock: deadlock" { expect deadlock 'deadlock: every thread'; }
@test "a failed operation: io_error with errno's text" { expect fail 'io_error: .*Broken pipe'; }

@test "a worker that may leave its CPU: env_changed, each time of three" {
	cat >"$BATS_TEST_TMPDIR/moved.yaml" <<-END
		title: moved
		question: is a disturbed trial tried again?
		workloads: [{name: fault, params: {way: 19}, tasks: 8, units: 4}]
		strategies: [single, fine]
		workers: [1]
		placements: [compact]
	END
	[ "$(nproc)" -ge 2 ] || skip "one CPU"
	SAMEWORK_LOCK="$BATS_TEST_TMPDIR/lock" "$SW" run --profile smoke \
		--out "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/moved.yaml"
	for block in 1 2; do
		tries=$(awk -F, -v block=$block '$6 == "fine" && $10 == block {
			printf "%s:%s ", $12, $14 }' "$BATS_TEST_TMPDIR/run/samples.csv")
		# a quota is noticed first
		[ "${tries//throttled/env_changed}" = "1:env_changed 2:env_changed 3:env_changed " ]
	done
	# and each pass has its own histogram
	id=$(awk -F, '$6 == "fine" { print $3; exit }' "$BATS_TEST_TMPDIR/run/samples.csv")
	[ "$(grep "^$id,.*,unit," "$BATS_TEST_TMPDIR/run/bins.csv" | cut -d, -f2 | paste -sd ' ')" = "1 2 3" ]
	"$SW" analyse "$BATS_TEST_TMPDIR/run"
}

@test "the kernel's OOM killer: oom_kill, proved by its counter" {
	g=/sys/fs/cgroup/memory/samework-test-$$
	mkdir "$g" 2>/dev/null || skip "no writable memory cgroup"
	echo 64M >"$g/memory.limit_in_bytes"
	cat >"$BATS_TEST_TMPDIR/oom.yaml" <<-END
		title: eat
		question: what does the OOM killer leave?
		workloads: [{name: fault, params: {way: 14}, tasks: 8, units: 4}]
		strategies: [single, fine]
		workers: [1]
		placements: [none]
		timeout: 30s
	END
	SAMEWORK_LOCK="$BATS_TEST_TMPDIR/lock" sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$g" \
		"$SW" run --profile smoke --out "$BATS_TEST_TMPDIR/run" \
		"$BATS_TEST_TMPDIR/oom.yaml" || true
	rmdir "$g"
	cut -d, -f14,15 "$BATS_TEST_TMPDIR/run/samples.csv"
	[ "$(grep -c ,oom_kill, "$BATS_TEST_TMPDIR/run/samples.csv")" -eq 2 ]
}
