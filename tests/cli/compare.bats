#!/usr/bin/env bats
# Two runs side by side: one is measured, the other is the same with its numbers
# changed, so what must be found is known.

bats_require_minimum_version 1.5.0

setup_file() {
	export SW="$PWD/${SW_BIN:-build/samework}" SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	export A="$BATS_FILE_TMPDIR/a" RESEAL="$PWD/tests/cli/reseal.py"
	cat >"$BATS_FILE_TMPDIR/small.yaml" <<-END
		title: small
		question: is it as fast as it was?
		workloads: [{name: squares, tasks: 8, units: 20}]
		strategies: [single, fine, fork]
		workers: [1, 2]
		placements: [none]
	END
	"$SW" run --profile quick --seed 5 --out "$A" "$BATS_FILE_TMPDIR/small.yaml" \
		2>"$BATS_FILE_TMPDIR/err" || cat "$BATS_FILE_TMPDIR/err"
	# every time in step with the cell's number: no noise, whoever disturbs us
	python3 "$RESEAL" "$A/samples.csv" \
		"r['wall_ns'] = 10**8 + int(r['block']) * 10**4; r['status'] = 'ok'"
}

# b STATEMENT - the run B: A with its rows changed
b() {
	B="$BATS_TEST_TMPDIR/b"
	cp -r "$A" "$B"
	python3 "$RESEAL" "$B/samples.csv" "$1"
	sed -i 's/"run_id": "/&b/' "$B/manifest.json"
}

@test "twice as slow is slower, and with --strict exit 4" {
	b "r['wall_ns'] = 2 * int(r['wall_ns'])"
	run --separate-stderr "$SW" compare "$A" "$B"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	grep -qE '^slower +small/squares/fine/none/2 +2\.0[0-9]+ \[(1\.99|2\.0).*\] +100\.0 ms +200\.1 ms +7,7 +0\.9[5-9][0-9]+ +0\.0029$' \
		<<<"$output"
	[[ "$output" == *"5 slower, 0 faster, 0 unclear, 0 refused, 0 same"* ]]
	run "$SW" compare --strict "$A" "$B"
	[ "$status" -eq 4 ]
}
@test "the other way round it is faster, which is no failure" {
	b "r['wall_ns'] = 2 * int(r['wall_ns'])"
	run --separate-stderr "$SW" compare --strict "$B" "$A"
	[ "$status" -eq 0 ]
	grep -qE '^faster +small/squares/fork/none/1 +0\.(49|50)' <<<"$output"
}
@test "the same numbers are the same, and one run is told from two" {
	b "pass"
	run --separate-stderr "$SW" compare --strict "$A" "$B"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ "$output" == *"0 slower, 0 faster, 0 unclear, 0 refused, 5 same"* ]]
	run --separate-stderr "$SW" compare "$A" "$A"
	[[ "$stderr" == *"one run" ]]
}
@test "json says the same as the table, and is alone on stdout" {
	b "r['wall_ns'] = (3 if r['strategy'] == 'fork' else 1) * int(r['wall_ns'])"
	"$SW" compare --json "$A" "$B" 2>&1 >"$BATS_TEST_TMPDIR/json" | wc -c | grep -qx 0
	jq -e '.counts == {slower: 2, faster: 0, unclear: 0, refused: 0, same: 3}
		and .family == 5 and (.cells | length) == 5
		and (.cells[0] | .strategy == "fork" and .verdict == "slower"
			and .ratio > 2.99 and .ratio < 3.01 and .lo <= .ratio and .hi >= .ratio
			and .median_a_ns == 100040000 and .median_b_ns == 300120000
			and .level >= 0.95 and .level < 1 and .p_holm > 4 * .p and .p_holm <= 0.05
			and .n_a == 7 and .n_b == 7 and .metric == "wall_ns")
		and .only_a == [] and .only_b == []' "$BATS_TEST_TMPDIR/json"
}
@test "what differs is said up front" {
	b "pass"
	sed -i -e 's/"commit": "/&x/' -e 's/"profile": "/&x/' -e 's/"host": "/&f/' \
		-e 's/"build": "/&f/' -e 's/"compiler": "/&9/' -e 's/"kernel": "/&x/' \
		"$B/manifest.json"
	run "$SW" compare "$A" "$B"
	for what in commit profile host build compiler kernel; do
		grep -qE "^$what +[^ ]" < <(sed '/^the same:/q' <<<"$output")
	done
	"$SW" compare --json "$A" "$B" | jq -e '.differs | map(.name) | sort ==
		["build", "commit", "compiler", "host", "kernel", "profile"]'
}
@test "cells of other units per task are compared per unit" {
	b "r['units'] = 2 * int(r['units']); r['wall_ns'] = 2 * int(r['wall_ns'])"
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "units") u = i }
		NR > 1 { $u *= 2 } { print }' "$A/plan.csv" >"$B/plan.csv"
	run "$SW" compare "$A" "$B"
	[[ "$output" == *"5 of 5 cells have other units per task"* ]]
	[[ "$output" == *"0 refused, 5 same"* ]]
}
@test "the same work with another result is refused" {
	b "r['wall_ns'] = 2 * int(r['wall_ns'])"
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "checksum") c = i }
		NR > 1 { $c = 5 } { print }' "$A/plan.csv" >"$B/plan.csv"
	run "$SW" compare --strict "$A" "$B"
	[ "$status" -eq 0 ]
	[[ "$output" == *"another result"* ]]
	[[ "$output" == *"5 refused"* ]]
}
@test "under 6 blocks there is no interval, and it says so" {
	b "r['status'] = 'throttled' if int(r['block']) > 5 else 'ok'"
	run "$SW" compare "$A" "$B"
	[[ "$output" == *"fewer than 6 blocks: 7 and 5"* ]]
	"$SW" compare --json "$A" "$B" | jq -e '.family == 0 and
		all(.cells[]; .lo == null and .p == null and .verdict == "unclear" and .ratio > 0)'
}
@test "cells of one run only are counted and listed" {
	b "pass"
	sed -i 's/,fork,/,gil,/' "$B/plan.csv"
	run "$SW" compare "$A" "$B"
	[[ "$output" == *"only in A: 2"*"small/squares/fork/none/1"*"only in B: 2"* ]]
}
@test "a run of another version is read by the names of its columns" {
	b "r['wall_ns'] = 2 * int(r['wall_ns'])"
	python3 "$RESEAL" "$B/samples.csv" "r['spawn_ns'] = ''" skew_ns engine
	sed -i -e '1s/steal_ns/stolen/' "$B/samples.csv"
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "timeout_ns") c = i }
		{ $c = $1; $1 = ""; print substr($0, 2) }' "$A/plan.csv" >"$B/plan.csv"
	run --separate-stderr "$SW" compare "$A" "$B"
	[ "$status" -eq 0 ]
	[[ "$output" == *"5 slower, 0 faster"* ]]
	# shellcheck disable=SC2154 # run sets it
	[[ "$stderr" == *"samples.csv: of another version, no engine, no steal_ns, no skew_ns, stolen unknown here"* ]]
	[[ "$stderr" == *"plan.csv: of another version, no timeout_ns"* ]]
	[ "$(wc -l <<<"$stderr")" -eq 2 ]
	# every row of it, the last as well, and none that is damaged or of an odd status
	"$SW" compare --json "$A" "$B" 2>/dev/null | jq -e 'all(.cells[]; .n_b == 7)'
	cp "$B/samples.csv" "$BATS_TEST_TMPDIR/whole"
	python3 "$RESEAL" "$B/samples.csv" "r['status'] = 'odd' if i == 0 else 'ok'"
	run "$SW" compare "$A" "$B"
	[ "$status" -eq 1 ]
	[[ "$output" == *"samples.csv:2: unknown status 'odd'"* ]]
	sed '4s/.$/x/' "$BATS_TEST_TMPDIR/whole" >"$B/samples.csv"
	run "$SW" compare "$A" "$B"
	[ "$status" -eq 1 ]
	[[ "$output" == *"samples.csv:4: damaged"* ]]
	sed '3s/,ok,/,Ok,/' "$BATS_TEST_TMPDIR/whole" >"$B/samples.csv"
	run --separate-stderr "$SW" compare "$A" "$B"
	[ "$status" -eq 1 ]
	[[ "$stderr" == *"samples.csv:3: damaged"* ]]
}
@test "the last half row of an interrupted run is left out" {
	b "pass"
	truncate -s -20 "$B/samples.csv"
	run --separate-stderr "$SW" compare "$A" "$B"
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"half a row"* ]]
	"$SW" compare --json "$A" "$B" 2>/dev/null | jq -e '[.cells[].n_b] | add >= 33'
}
@test "the margin is one that most A/A twins of the reference runs keep" {
	awk -F, 'FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		FNR > 1 && $at["kind"] == "twin" {
			n++
			inside += $at["ratio"] > 1 / 1.03 && $at["ratio"] < 1.03
		}
		END { exit !(n && inside > n / 2) }' results/reference/*/contrasts.csv
}
@test "a folder that is no run: one line, exit 1; one argument: exit 2" {
	run --separate-stderr "$SW" compare "$A" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	run --separate-stderr "$SW" compare "$A"
	[ "$status" -eq 2 ]
}
