#!/usr/bin/env bats
# A run can be stopped at any time and gone on with; the result is the same set.

bats_require_minimum_version 1.5.0

setup() {
	export SW="$PWD/${SW_TEST:-build/samework-test}" SAMEWORK_LOCK="$BATS_TEST_TMPDIR/lock"
	DIR="$BATS_TEST_TMPDIR/run"
	SPEC="$BATS_TEST_TMPDIR/small.yaml"
	cat >"$SPEC" <<-END
		title: small
		question: is a set in pieces the set in one?
		workloads: [{name: counter, tasks: 8, units: 600}]
		strategies: [single, fine, fork]
		workers: [1, 2]
		placements: [none]
	END
	# of its own: trials are known by it, and another such test may be running
	OPT="--profile smoke --seed $$"
}

# which trials have a result; how often a disturbed one was tried is chance
ids() { awk -F, '$14 != "interrupted" && NR > 1 { print $3 }' "$1/samples.csv" | sort -u; }

# start in the background and wait until N rows are there
start_until() {
	"$SW" run $OPT --out "$DIR" "$SPEC" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	for _ in $(seq 2000); do
		[ -f "$DIR/samples.csv" ] && [ "$(wc -l <"$DIR/samples.csv")" -gt "$1" ] && return
		sleep 0.005
	done
	return 1
}

# cut samples.csv behind the first row of its last trial, which is $id
cut_last() {
	id=$(tail -n 1 "$DIR/samples.csv" | cut -d, -f3)
	awk -F, -v id="$id" '{ print } $3 == id { exit }' "$DIR/samples.csv" >"$BATS_TEST_TMPDIR/cut"
	cp "$BATS_TEST_TMPDIR/cut" "$DIR/samples.csv"
}
# pass and status of the rows of trial $id, on one line
tries() { awk -F, -v id="$id" '$3 == id { printf "%s:%s ", $12, $14 }' "$DIR/samples.csv"; }

@test "three pieces hold the trials of one" {
	"$SW" run $OPT --out "$BATS_TEST_TMPDIR/whole" "$SPEC"
	start_until 2
	kill -INT $pid
	wait $pid && status=0 || status=$?
	echo "exit code $status"
	cat "$BATS_TEST_TMPDIR/err"
	[ "$status" -eq 130 ]
	grep "go on with: samework resume $DIR" "$BATS_TEST_TMPDIR/err"
	# the second piece ends by a kill that nobody can catch
	"$SW" resume "$DIR" >/dev/null 2>&1 3>&- &
	pid=$!
	sleep 0.3
	kill -KILL $pid || true
	wait $pid || true
	sleep 0.3	# the trial dies with its parent, and lets go of the lock
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
	diff <(ids "$BATS_TEST_TMPDIR/whole") <(ids "$DIR")
}

@test "SIGTERM leaves no process and a resumable run" {
	start_until 1
	kill -TERM $pid
	wait $pid && status=0 || status=$?
	echo "exit code $status"
	cat "$BATS_TEST_TMPDIR/err"
	[ "$status" -eq 130 ]
	# a trial's command line holds its row of the plan
	run ! pgrep -f "samework trial .*($(tail -n +2 "$DIR/plan.csv" | cut -d, -f1 | paste -sd '|'))"
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
}

@test "a torn last line is cut, kept beside, and said so" {
	"$SW" run $OPT --out "$DIR" "$SPEC"
	ids "$DIR" >"$BATS_TEST_TMPDIR/before"
	truncate -s -20 "$DIR/samples.csv"
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
	[[ "$output" == *"not a whole trial; moved to"* ]]
	[ -s "$DIR/samples.csv.torn" ]
	diff "$BATS_TEST_TMPDIR/before" <(ids "$DIR")
}

# run_two_tries STATUS REP - a run whose last trial was disturbed, and so tried again
run_two_tries() {
	"$SW" run $OPT --out "$DIR" "$SPEC"
	cut_last
	cat <(tail -n 1 "$BATS_TEST_TMPDIR/cut") >>"$DIR/samples.csv"
	python3 tests/cli/reseal.py "$DIR/samples.csv" "
if i == len(lines) - 3:
    r['status'] = 'env_changed'
if i == len(lines) - 2:
    r['status'], r['rep'] = '$1', $2"
}

@test "a trial that was stopped between two tries gets the others" {
	run_two_tries interrupted 0
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
	[[ "$(tries)" =~ ^'1:env_changed 0:interrupted 2:'(ok|env_changed) ]]
	[ "$(jq '[.trials[]] | add' "$DIR/manifest.json")" -eq "$(($(wc -l <"$DIR/plan.csv") - 1))" ]
}

@test "a last trial that took two tries is not measured again" {
	OPT="$OPT --strategies fine --workers 1"
	run_two_tries ok 2
	before=$(cksum <"$DIR/samples.csv")
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
	[ "$before" = "$(cksum <"$DIR/samples.csv")" ]
	# nor is one that failed, which is not forgotten
	python3 tests/cli/reseal.py "$DIR/samples.csv" "
if r['trial'] == lines[1].split(',')[2]:
    r['status'], r['rep'] = 'interrupted' if i else 'crash', 0"
	before=$(cksum <"$DIR/samples.csv")
	run "$SW" resume "$DIR"
	[ "$status" -eq 3 ]
	[[ "$output" = *"1 trial ended crash"* ]]
	[ "$(jq .trials.crash "$DIR/manifest.json")" -eq 1 ]
	[ "$before" = "$(cksum <"$DIR/samples.csv")" ]
}

@test "a trial that has half of its passes is run again as a whole" {
	"$SW" run $OPT --out "$DIR" "$SPEC"
	cut_last
	awk -F, -v OFS=, -v id="$id" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "reps") reps = i }
		$1 == id { $reps = 2 }
		{ print }' "$DIR/plan.csv" >"$BATS_TEST_TMPDIR/plan"
	cp "$BATS_TEST_TMPDIR/plan" "$DIR/plan.csv"
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
	[[ "$(tries)" =~ ^1:[a-z_]+' '2: ]]
	[ "$(cut -d, -f3,12 "$DIR/samples.csv.torn")" = "$id,1" ]
}

@test "an experiment ends early when all of its intervals are narrow" {
	OPT="--profile full --seed $$ --strategies single,fine --workers 2"
	sed -i 's/units: 600/units: 6/' "$SPEC"	# too short to be disturbed
	start_until 0
	kill -INT $pid
	wait $pid || true
	# so wide that no machine is too restless
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "stop_width") w = i }
		NR > 1 { $w = 1000 }
		{ print }' "$DIR/plan.csv" >"$BATS_TEST_TMPDIR/plan"
	cp "$BATS_TEST_TMPDIR/plan" "$DIR/plan.csv"
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
	[ "$(grep -c "small: every interval is within 100000 %; no more blocks" <<<"$output")" -eq 1 ]
	blocks=$(awk -F, 'NR > 1 && $10 > most { most = $10 } END { print most }' "$DIR/samples.csv")
	[ "$blocks" -ge 12 ] && [ "$blocks" -le 20 ]
	# what is remembered of it says the same
	before=$(cksum <"$DIR/samples.csv")
	run "$SW" resume "$DIR"
	[ "$status" -eq 0 ]
	[ "$before" = "$(cksum <"$DIR/samples.csv")" ]
}

@test "damage in the middle is an error with its line, and nothing is written" {
	"$SW" run $OPT --out "$DIR" "$SPEC"
	sed -i '3s/counter/c0unter/' "$DIR/samples.csv"
	before=$(cksum <"$DIR/samples.csv")
	run "$SW" resume "$DIR"
	[ "$status" -ne 0 ]
	[[ "$output" == *"samples.csv:3:"* ]]
	[ "$before" = "$(cksum <"$DIR/samples.csv")" ]
}

@test "another build is refused with both values" {
	"$SW" run $OPT --out "$DIR" "$SPEC"
	sed -i 's/"build": "[0-9a-f]*"/"build": "0123456789abcdef"/' "$DIR/manifest.json"
	run "$SW" resume "$DIR"
	[ "$status" -eq 2 ]
	[[ "$output" == *"another build: 0123456789abcdef there, "* ]]
}

@test "another host is refused with both values" {
	"$SW" run $OPT --out "$DIR" "$SPEC"
	sed -i 's/"host": "[0-9a-f]*"/"host": "0123456789abcdef"/' "$DIR/manifest.json"
	run "$SW" resume "$DIR"
	[ "$status" -eq 2 ]
	[[ "$output" == *"another host: 0123456789abcdef there, "* ]]
}

@test "two runs at once: the second says who is measuring, exit 75" {
	start_until 0
	run "$SW" run $OPT --out "$BATS_TEST_TMPDIR/other" "$SPEC"
	kill -INT $pid
	wait $pid || true
	[ "$status" -eq 75 ]
	[[ "$output" == *"pid $pid holds"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/other" ]
}

@test "results that cannot be stored: exit 5, and the row is on stderr" {
	"$SW" run $OPT --out "$DIR" "$SPEC"
	head -n 3 "$DIR/samples.csv" >"$BATS_TEST_TMPDIR/head"
	cp "$BATS_TEST_TMPDIR/head" "$DIR/samples.csv"
	# room for less than a row: the write is short, then refused
	run prlimit --fsize=$(($(stat -c %s "$DIR/samples.csv") + 100)) "$SW" resume "$DIR"
	[ "$status" -eq 5 ]
	[[ "$output" == *"could not be stored; it reads: "* ]]
	tail -c 1 "$DIR/samples.csv" | od -c | grep -q '\\n'
}
