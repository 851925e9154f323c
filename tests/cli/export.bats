#!/usr/bin/env bats
# A run in the formats of other tools: what those tools read must be there.  The
# tools themselves are not needed.

bats_require_minimum_version 1.5.0

setup_file() {
	export SW="$PWD/${SW_BIN:-build/samework}" SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	export RUN="$BATS_FILE_TMPDIR/run" RESEAL="$PWD/tests/cli/reseal.py"
	cat >"$BATS_FILE_TMPDIR/small.yaml" <<-END
		title: small
		question: do others read it?
		workloads: [{name: squares, tasks: 8, units: 20}]
		strategies: [single, fine]
		workers: [1, 2]
		placements: [none]
	END
	"$SW" run --profile quick --seed 5 --out "$RUN" "$BATS_FILE_TMPDIR/small.yaml" \
		2>"$BATS_FILE_TMPDIR/err" || cat "$BATS_FILE_TMPDIR/err"
	# single, fine/1 and fine/2 in 7 blocks, of known times; two rows of
	# fine/2 that must not count
	python3 "$RESEAL" "$RUN/samples.csv" "
r['status'] = 'ok'
r['wall_ns'] = 10**6 * (int(r['workers']) * 100 + int(r['block']))
r['user_ns'], r['sys_ns'] = 7 * 10**6, 10**6
for k, name in enumerate('spawn_ns join_ns p50_ns p90_ns p99_ns max_ns max_rss_bytes'.split()):
    r[name] = 1000 + k
bad = {'1': 'env_changed', '2': 'throttled'}
if r['workers'] == '2' and r['block'] in bad:
    r['status'] = bad[r['block']]
    r['wall_ns'] = 1"
	for f in google-benchmark pyperf benchstat hyperfine; do
		"$SW" export "$f" "$RUN" >"$BATS_FILE_TMPDIR/$f" 2>"$BATS_FILE_TMPDIR/$f.err"
	done
}

@test "what is left out is said once, on stderr" {
	for f in google-benchmark pyperf benchstat hyperfine; do
		[ "$(wc -l <"$BATS_FILE_TMPDIR/$f.err")" -eq 1 ]
		grep -q "$f: left out: 2 trials .* single passes" "$BATS_FILE_TMPDIR/$f.err"
	done
}
@test "google-benchmark: every key that compare.py reads, times in ns" {
	jq -e '.context.json_schema_version == 1
		and (.context | .date and .host_name and .num_cpus >= 1)
		and (.benchmarks | length) == 19
		and all(.benchmarks[]; (.name | type) == "string" and .run_name == .name
			and .run_type == "iteration" and .time_unit == "ns"
			and (.real_time | type) == "number" and .real_time > 1e8
			and .cpu_time == 8000000 and .iterations == 1
			and .repetition_index < .repetitions and .threads >= 1
			and (.family_index | type) == "number"
			and .per_family_instance_index == 0)' "$BATS_FILE_TMPDIR/google-benchmark"
}
@test "google-benchmark: user counters are what they are called" {
	jq -e 'all(.benchmarks[]; [.spawn_ns, .join_ns, .p50_ns, .p90_ns, .p99_ns, .max_ns,
			.max_rss_bytes] == [range(1000; 1007)]
		and (.items_per_second * .real_time / 1e9 - 160 | fabs) < 1e-6)' \
		"$BATS_FILE_TMPDIR/google-benchmark"
}
@test "google-benchmark: repetitions share a name, cells do not; no twin" {
	jq -e '.benchmarks | group_by(.name) | map([.[0].name, length, .[0].repetitions]) ==
		[["small/squares/fine/none/workers:1", 7, 7],
		 ["small/squares/fine/none/workers:2", 5, 5],
		 ["small/squares/single/none/workers:1", 7, 7]]' \
		"$BATS_FILE_TMPDIR/google-benchmark"
	jq -e '[.benchmarks[] | select(.threads == 2) | [.repetition_index, .block, .real_time]] ==
		[range(5) | [., . + 3, 203e6 + 1e6 * .]]' "$BATS_FILE_TMPDIR/google-benchmark"
}
@test "pyperf: version, names, one value per run, in seconds" {
	jq -e '.version == "1.0" and .metadata.unit == "second"
		and (.benchmarks | map(.metadata.name) | length == 3 and unique == sort)
		and all(.benchmarks[]; .metadata.loops == 1 and (.runs | length) >= 2
			and all(.runs[]; (.values | length) == 1 and .values[0] > 0.1
				and .values[0] < 0.21))' "$BATS_FILE_TMPDIR/pyperf"
	jq -e '[.benchmarks[] | select(.metadata.workers == 2) | .runs[].values[0]] ==
		[0.203, 0.204, 0.205, 0.206, 0.207]' "$BATS_FILE_TMPDIR/pyperf"
}
@test "pyperf: metadata are texts of one line or numbers, never empty" {
	jq -e '[.metadata, .benchmarks[].metadata, .benchmarks[].runs[].metadata]
		| all(.[][]; type == "number"
			or (type == "string" and length > 0 and (contains("\n") | not)))' \
		"$BATS_FILE_TMPDIR/pyperf"
	jq -e 'all(.benchmarks[].runs[].metadata; .mem_max_rss == 1006)
		and .metadata.cpu_count >= 1' "$BATS_FILE_TMPDIR/pyperf"
}
@test "pyperf: a cell of one trial is left out: it has no deviation" {
	cp -r "$RUN" "$BATS_TEST_TMPDIR/one"
	python3 "$RESEAL" "$BATS_TEST_TMPDIR/one/samples.csv" \
		"r['status'] = 'ok' if r['workers'] == '1' or r['block'] == '3' else 'throttled'"
	"$SW" export pyperf "$BATS_TEST_TMPDIR/one" | jq -e '.benchmarks | length == 2'
	"$SW" export hyperfine "$BATS_TEST_TMPDIR/one" |
		jq -e '.results[] | select(.parameters.workers == "2") | .stddev == null'
}
@test "benchstat: one line per trial, ns/op, names with keys" {
	f="$BATS_FILE_TMPDIR/benchstat"
	[ "$(grep -c ^Benchmark "$f")" -eq 19 ]
	n='[0-9.]+(e[+-]?[0-9]+)?' k='[a-z0-9_.-]+'
	run ! grep -vE "^Benchmark[A-Z][a-z]*/experiment=$k/workload=$k/strategy=$k/placement=$k/workers=[0-9]+ 1 $n ns/op $n cpu-ns/op $n units/s$|^# |^(cpu|cores): .|^Unit units/s better=higher$" "$f"
	grep -q '/strategy=fine/placement=none/workers=2 1 203000000 ns/op 8000000 cpu-ns/op ' "$f"
	[ "$(grep ^Benchmark "$f" | cut -d' ' -f1 | sort -u | wc -l)" -eq 3 ]
}
@test "hyperfine: every key of its own export, in seconds" {
	jq -e '(.results | length) == 3 and all(.results[];
		([.mean, .stddev, .median, .user, .system, .min, .max] | all(type == "number"))
		and (.times | length) == (.exit_codes | length) and all(.exit_codes[]; . == 0)
		and all(.parameters[]; type == "string") and .user == 0.007 and .system == 0.001)' \
		"$BATS_FILE_TMPDIR/hyperfine"
	jq -e '.results[] | select(.command == "small/squares/fine/none/2")
		| .times == [0.203, 0.204, 0.205, 0.206, 0.207] and .median == 0.205
		and .min == 0.203 and .max == 0.207
		and (.mean - 0.205 | fabs) < 1e-12
		and (.stddev - 0.0015811388300841897 | fabs) < 1e-12' "$BATS_FILE_TMPDIR/hyperfine"
}
@test "Python reads the documents, which are ASCII" {
	for f in google-benchmark pyperf hyperfine; do
		python3 -c 'import json, sys; json.loads(open(sys.argv[1], "rb").read().decode("ascii"),
			parse_constant=sys.exit)' "$BATS_FILE_TMPDIR/$f"
	done
}
@test "an unknown format: one line with those there are, exit 2" {
	run --separate-stderr "$SW" export csv "$RUN"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	# shellcheck disable=SC2154 # run sets it
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	for f in google-benchmark pyperf benchstat hyperfine; do
		[[ "$stderr" == *"$f"* ]]
	done
}
@test "a run without a trial that counts is an error, not an empty document" {
	cp -r "$RUN" "$BATS_TEST_TMPDIR/none"
	python3 "$RESEAL" "$BATS_TEST_TMPDIR/none/samples.csv" "r['status'] = 'throttled'"
	run --separate-stderr "$SW" export hyperfine "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
}
@test "a full stdout is an error" {
	run bash -c "'$SW' export benchstat '$RUN' >/dev/full"
	[ "$status" -eq 1 ]
}
