#!/usr/bin/env bats
# Streams, exit codes, and the commands that measure nothing.

bats_require_minimum_version 1.5.0

setup() {
	export SW="$PWD/${SW_BIN:-build/samework}" SAMEWORK_LOCK="$BATS_TEST_TMPDIR/lock"
}

@test "without a command: help on stdout, exit 0" {
	run --separate-stderr "$SW"
	[ "$status" -eq 0 ]
	[[ "$output" == *experiments* ]]
	[ -z "$stderr" ]
}
@test "--help and --version of anything go to stdout, exit 0" {
	for args in --help --version "help run" "run --help" "plan -h"; do
		run --separate-stderr "$SW" $args
		[ "$status" -eq 0 ]
		[ -n "$output" ]
		[ -z "$stderr" ]
	done
}
@test "an unknown command, option or too few arguments: one line, exit 2" {
	for args in nonsense "run --nonsense x" "run" "plan --profile" "help nonsense" \
		"run --profile fast x.yaml" "run --seed 1x x.yaml" "analyse" "analyse a b"; do
		run --separate-stderr "$SW" $args
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
	done
}
@test "list names every file of workloads and strategies" {
	run "$SW" list
	for f in $(grep -l '^const struct workload ' harness/workloads/*.c) \
		$(grep -l '^const struct strategy ' harness/strategies/*.c); do
		grep -qE "^  $(basename "$f" .c | tr _ -)	" <<<"$output"
	done
}
@test "list --json is one document, and nothing is on stderr" {
	"$SW" list --json 2>/dev/null | jq -e '.workloads | length > 10' >/dev/null
	"$SW" list --json 2>&1 >/dev/null | wc -c | grep -qx 0
}

@test "a warning does not disturb list --json" {
	export SAMEWORK_LOKC=/tmp/lock
	"$SW" list --json 2>"$BATS_TEST_TMPDIR/err" | jq . >/dev/null
	grep -q "SAMEWORK_LOKC is not known" "$BATS_TEST_TMPDIR/err"
}
@test "plan runs nothing and writes nothing" {
	cd "$BATS_TEST_TMPDIR"
	run "$SW" plan "$OLDPWD/experiments/gil-cpu.yaml"
	[ "$status" -eq 0 ]
	[[ "$output" == *trials* ]]
	[ -z "$(ls | grep -v '^cli')" ]
}
@test "plan is a function of its seed" {
	a=$("$SW" plan --all --seed 3 experiments/gil-cpu.yaml)
	b=$("$SW" plan --all --seed 3 experiments/gil-cpu.yaml)
	c=$("$SW" plan --all --seed 4 experiments/gil-cpu.yaml)
	[ "$a" = "$b" ]
	[ "$a" != "$c" ]
	diff <(tail -n +2 <<<"$a" | awk '{ print $NF }' | sort) \
		<(tail -n +2 <<<"$c" | awk '{ print $NF }' | sort)
}
@test "the seed is in the data, not only in the order" {
	cat >"$BATS_TEST_TMPDIR/seed.yaml" <<-END
		title: seed
		question: do other seeds give other data?
		workloads: [{name: ledger, tasks: 8, units: 20}]
		strategies: [single]
		workers: [1]
		placements: [none]
	END
	for seed in 1 2; do
		"$SW" run --profile smoke --seed $seed --out "$BATS_TEST_TMPDIR/$seed" \
			"$BATS_TEST_TMPDIR/seed.yaml"
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "state") k = i }
			NR > 1 { print $k }' "$BATS_TEST_TMPDIR/$seed/samples.csv" | sort -u \
			>"$BATS_TEST_TMPDIR/state$seed"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/state$seed")" -eq 1 ]
	done
	run ! cmp "$BATS_TEST_TMPDIR/state1" "$BATS_TEST_TMPDIR/state2"
}
@test "a seed from the clock is told, and plans the same again" {
	cat >"$BATS_TEST_TMPDIR/seed.yaml" <<-END
		title: seed
		question: can a run be repeated?
		workloads: [{name: ledger, tasks: 8, units: 20}]
		strategies: [single, fine]
		workers: [1]
		placements: [none]
	END
	"$SW" run --profile smoke --out "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/seed.yaml"
	"$SW" run --profile smoke --out "$BATS_TEST_TMPDIR/again" \
		--seed "$(jq .seed "$BATS_TEST_TMPDIR/first/manifest.json")" "$BATS_TEST_TMPDIR/seed.yaml"
	cmp "$BATS_TEST_TMPDIR/first/plan.csv" "$BATS_TEST_TMPDIR/again/plan.csv"
	[ "$(jq .blocks "$BATS_TEST_TMPDIR/first/manifest.json")" -eq \
		"$(tail -n +2 "$BATS_TEST_TMPDIR/first/plan.csv" | cut -d, -f3 | sort -nu | tail -n 1)" ]
}
@test "a filter keeps what it names, and the baseline" {
	run "$SW" plan --all --profile smoke --workloads primes --strategies fork --workers 2 \
		experiments/gil-cpu.yaml
	[ "$status" -eq 0 ]
	diff <(awk '$1 ~ /^[0-9a-f]+$/ && NF == 6 { print $6 }' <<<"$output" | sort -u) \
		<(printf '%s\n' primes/fork/compact/2 primes/single/compact/1)
}
@test "every experiment is well formed and small enough" {
	for f in experiments/*.yaml; do
		run "$SW" plan "$f"
		[ "$status" -eq 0 ]
	done
}
@test "a wrong experiment: path:line:col, exit 2, nothing written" {
	printf 'title: x\nquestion: y\nworkloads: [prims]\nstrategies: [single]\n' \
		>"$BATS_TEST_TMPDIR/x.yaml"
	run --separate-stderr "$SW" run --out "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/x.yaml"
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"x.yaml:3:"*"primes"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/run" ]
}
@test "a folder that is in use is not written into" {
	mkdir "$BATS_TEST_TMPDIR/full"
	touch "$BATS_TEST_TMPDIR/full/mine"
	run "$SW" run --profile smoke --out "$BATS_TEST_TMPDIR/full" experiments/overhead.yaml
	[ "$status" -eq 5 ]
	[ "$(ls "$BATS_TEST_TMPDIR/full")" = mine ]
}
@test "stdout that is closed or full is an error, not a crash" {
	for command in list doctor "plan experiments/overhead.yaml"; do
		run bash -c "'$SW' $command >/dev/full"
		[ "$status" -eq 1 ]
	done
	run bash -c "'$SW' list <&- >&- 2>&-"
	[ "$status" -le 1 ]
}
@test "doctor reads and changes nothing" {
	run "$SW" doctor
	[ "$status" -eq 0 ]
	[[ "$output" == *ok* ]]
}
@test "cite is BibTeX with this version" {
	run "$SW" cite
	[[ "$output" == "@software{samework"* ]]
	grep -q "version = {$(sed -n 's/^version: *//p' CITATION.cff)}" <<<"$output"
}
@test "a trial is for the supervisor only" {
	run "$SW" trial 77 x
	[ "$status" -eq 2 ]
}
@test "a claim that fails is exit 4 to who is strict" {
	cat >"$BATS_TEST_TMPDIR/false.yaml" <<-END
		title: false
		question: is the claim noticed?
		workloads: [{name: squares, tasks: 8, units: 20}]
		strategies: [single, fine]
		workers: [1]
		placements: [none]
		claims:
		  - name: half
		    why: it is not so
		    left: squares/fine/none/1
		    right: squares/single/none/1
		    expect: 0.4 .. 0.6
		    confirms: [C03]
		    source: nobody
	END
	"$SW" run --profile quick --out "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/false.yaml"
	python3 tests/cli/reseal.py "$BATS_TEST_TMPDIR/run/samples.csv" \
		"r['status'], r['wall_ns'] = 'ok', 10**8"
	for command in analyse resume; do
		run "$SW" $command "$BATS_TEST_TMPDIR/run"
		[ "$status" -eq 0 ]
		[[ "$output" == *FAILS* ]]
		run "$SW" $command --strict "$BATS_TEST_TMPDIR/run"
		[ "$status" -eq 4 ]
	done
	# and is evidence against what it was to confirm
	run "$SW" notes "$BATS_TEST_TMPDIR/run"
	[ "$status" -eq 0 ]
	grep -q "^C03 *refuted " <<<"$output"
	grep -q "FAILS *for: *false/half *wall_ns 1.000 \[1.000, 1.000\], n=7" <<<"$output"
	# nobody is told of it on a stdout that is full
	for command in analyse notes; do
		run bash -c "'$SW' $command '$BATS_TEST_TMPDIR/run' >/dev/full"
		[ "$status" -eq 1 ]
	done
	# a trial that failed is told first, whoever goes on
	python3 tests/cli/reseal.py "$BATS_TEST_TMPDIR/run/samples.csv" "
if r['strategy'] == 'fine' and r['block'] == '1':
    r['status'], r['rep'] = 'timeout', 0"
	run "$SW" resume --strict "$BATS_TEST_TMPDIR/run"
	[ "$status" -eq 3 ]
	[[ "$output" == *"1 trial ended timeout"* ]]
}
@test "a folder that is no run: one line that names it, exit 1 or 2" {
	for args in "1 analyse" "1 plot" "2 report" "2 notes" "2 resume"; do
		run --separate-stderr "$SW" ${args#* } "$BATS_TEST_TMPDIR/none"
		[ "$status" -eq "${args% *}" ]
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
		[[ "$stderr" == *"$BATS_TEST_TMPDIR/none"* ]]
	done
}
