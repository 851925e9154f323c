#!/usr/bin/env bats
# From an experiment file to verdicts and figures, end to end.

bats_require_minimum_version 1.5.0

setup_file() {
	export SW="$PWD/${SW_BIN:-build/samework}" SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	export DIR="$BATS_FILE_TMPDIR/run"
	cat >"$BATS_FILE_TMPDIR/tiny.yaml" <<-END
		title: tiny
		question: does it all hang together?
		workloads:
		  - {name: counter, tasks: 8, units: 20}
		  - {name: echo, tasks: 8, units: 20}
		strategies: [single, gil, fine, openmp, fork, pool, async]
		workers: [1, 2]
		placements: [compact]
		claims:
		  - name: one
		    why: the state is private and nobody else is there
		    left: counter/single/compact/1
		    right: counter/async/compact/1
		    expect: 0.5 .. 2
		    source: arithmetic
		  - name: big
		    why: nobody has so many cores
		    left: counter/fine/compact/2
		    right: counter/fine/compact/1
		    expect: 0.4 .. 0.6
		    cores: 1000
		    source: arithmetic
	END
	"$SW" experiments --profile smoke --seed 5 --out "$DIR" "$BATS_FILE_TMPDIR/tiny.yaml" \
		>"$BATS_FILE_TMPDIR/out" 2>"$BATS_FILE_TMPDIR/err" || cat "$BATS_FILE_TMPDIR/err"
}

@test "every file of a run is there" {
	cat "$BATS_FILE_TMPDIR/err"
	for f in plan.csv manifest.json samples.csv summary.csv contrasts.csv verdicts.csv \
		machine.csv datapackage.json experiments/tiny.yaml; do
		[ -s "$DIR/$f" ]
	done
}
@test "every trial of the plan has a row that was matched" {
	diff <(cut -d, -f1 "$DIR/plan.csv" | sort -u) <(cut -d, -f3 "$DIR/samples.csv" | sort -u)
	run ! grep -vE ',(ok|env_changed|throttled),|^run_id' "$DIR/samples.csv"
}
@test "sums of a workload are equal under every strategy" {
	for w in counter echo; do
		[ "$(awk -F, -v w=$w '$4 == w { print $40, $41, $42 }' "$DIR/samples.csv" |
			sort -u | wc -l)" -eq 1 ]
	done
}
@test "a blocking echo request costs 2 system calls" {
	awk -F, '$4 == "echo" && $7 == "blocking" && $6 != "pool" && $28 != 2 * $17 { bad = 1 }
		END { exit bad }' "$DIR/samples.csv"
}
@test "how long a traced lock is held reaches its row, and a claim about it" {
	cat >"$BATS_TEST_TMPDIR/held.yaml" <<-END
		title: held
		question: for how long?
		workloads: [{name: sleep, params: {time: 10us}, tasks: 24, units: 2}]
		strategies: [gil, {name: gil, as: traced, params: {trace: "on"}}]
		workers: [2]
		placements: [none]
		claims:
		  - name: a-while
		    why: a hold has a beginning and an end
		    left: sleep/traced/none/2
		    metric: counter.hold_p50_ns
		    expect: 1 ..
		    source: arithmetic
	END
	"$SW" experiments --profile smoke --out "$BATS_TEST_TMPDIR/held" "$BATS_TEST_TMPDIR/held.yaml"
	traced=$(awk -F, '/,sleep\/traced\// { print $1 }' "$BATS_TEST_TMPDIR/held/plan.csv")
	grep -F "$traced" "$BATS_TEST_TMPDIR/held/samples.csv" | grep -qE ';hold_p50_ns=[1-9][0-9]*,'
	run ! grep -q hold_p50 <<<"$(grep -vF "$traced" "$BATS_TEST_TMPDIR/held/samples.csv")"
	grep -qE '^held,a-while,[A-Z]+,counter.hold_p50_ns,[1-9]' "$BATS_TEST_TMPDIR/held/verdicts.csv"
}

@test "no verdict without 6 blocks; too few cores is SKIPPED with the number" {
	grep -q '^tiny,one,UNCLEAR,' "$DIR/verdicts.csv"
	grep -q '^tiny,big,SKIPPED,.*needs 1000 cores' "$DIR/verdicts.csv"
}
@test "analysis repeated gives the same bytes" {
	cd "$DIR"
	before=$(cksum summary.csv contrasts.csv verdicts.csv)
	"$SW" analyse "$DIR" >/dev/null
	[ "$before" = "$(cksum summary.csv contrasts.csv verdicts.csv)" ]
}
@test "a warning goes to stderr, the data alone to stdout" {
	cp -r "$DIR" "$BATS_TEST_TMPDIR/torn"
	truncate -s -20 "$BATS_TEST_TMPDIR/torn/samples.csv"
	run --separate-stderr "$SW" analyse "$BATS_TEST_TMPDIR/torn"
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2154 # run sets it
	[[ "$stderr" == *"warning: "*"half a row"* ]]
	[[ "$output" != *warning* ]]
	[[ "$output" == *UNCLEAR* ]]
}
@test "the manifest says what made the numbers" {
	jq -e '.build and .commit and .compiler and .seed == 5 and .facts.kernel
		and .trials.ok and .host and .run_id and .wake_same_ns > 0
		and .ended >= .started' "$DIR/manifest.json"
}
@test "the data dictionary names every column of every table" {
	for t in samples plan summary contrasts verdicts; do
		diff <(head -n 1 "$DIR/$t.csv" | tr , '\n') \
			<(jq -r ".resources[] | select(.name == \"$t\") | .schema.fields[].name" \
				"$DIR/datapackage.json")
	done
}
@test "figures in three formats" {
	command -v gnuplot || skip "no gnuplot"
	for e in svg pdf png; do
		ls "$DIR"/figures/*."$e"
	done
}
@test "without gnuplot the tables are there and the package is named" {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	run env PATH="$BATS_TEST_TMPDIR/bin" "$SW" plot "$DIR"
	[[ "$output" == *gnuplot-nox* ]]
	run env PATH="$BATS_TEST_TMPDIR/bin" "$SW" experiments --profile smoke \
		--out "$BATS_TEST_TMPDIR/run" "$BATS_FILE_TMPDIR/tiny.yaml"
	[ "$status" -eq 0 ]
	[ -s "$BATS_TEST_TMPDIR/run/verdicts.csv" ]
	[[ "$output" == *gnuplot-nox* ]]
}
@test "a plain user in a restricted cpuset, started on another CPU" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU"
	run taskset -c 1 "$SW" run --profile smoke --out "$BATS_TEST_TMPDIR/run" \
		"$BATS_FILE_TMPDIR/tiny.yaml"
	[ "$status" -eq 0 ]
	[ "$(cut -d, -f33 "$BATS_TEST_TMPDIR/run/samples.csv" | sort -u | tr ';' '\n' |
		grep -E '^[0-9]+$' | sort -u)" = 1 ]
}
@test "an environment that describes another machine is refused" {
	HWLOC_SYNTHETIC="pack:2 core:8 pu:2" run "$SW" run --profile smoke \
		--out "$BATS_TEST_TMPDIR/run" "$BATS_FILE_TMPDIR/tiny.yaml"
	[ "$status" -ne 0 ]
	[[ "$output" == *HWLOC* ]]
}
