#!/usr/bin/env bats
# Every command and every snippet of README.md, run on a copy of the tree.

bats_require_minimum_version 1.5.0

setup_file() {
	export TREE="$BATS_FILE_TMPDIR/tree" SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	mkdir "$TREE"
	cp -r Makefile README.md CITATION.cff LICENSE harness experiments plots scripts tests "$TREE"
	# a fence says which file its snippet is: ```c harness/workloads/dice.c
	awk -v tree="$TREE" '
		/^```[a-z]+ [a-z]/ { out = tree "/" $2; next }
		/^```/ { out = "" }
		out { print > out }' README.md
	make -s -C "$TREE" build/samework >"$BATS_FILE_TMPDIR/build" 2>&1 || cat "$BATS_FILE_TMPDIR/build"
}

# the commands of the fences that are plain "sh", one a line
commands() { awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' README.md; }

@test "the snippets build as they stand" {
	[ -x "$TREE/build/samework" ]
}
@test "the workload and the strategy are listed" {
	run "$TREE/build/samework" list
	grep -q '^  dice	' <<<"$output"
	grep -q '^  backwards	' <<<"$output"
}
@test "the workload passes the contract, under the new strategy too" {
	make -s -C "$TREE" build/tests/strategies/test_contract
	cd "$TREE"
	CONTRACT_WORKLOADS=dice run build/tests/strategies/test_contract
	[ "$status" -eq 0 ]
	grep -q '^ok .*dice/backwards/1' <<<"$output"
}
@test "the experiment runs" {
	cd "$TREE"
	build/samework experiments --profile smoke --out "$BATS_TEST_TMPDIR/run" experiments/sums.yaml
	grep -q '^sums,processes-beat-threads,' "$BATS_TEST_TMPDIR/run/verdicts.csv"
}
@test "every command works" {
	cd "$TREE"
	export PROFILE=smoke EXPERIMENTS=experiments/sums.yaml
	commands | grep -q 'make experiments'
	while read -r line; do
		case $line in "make test") line="make -n test" ;; esac
		echo "\$ $line"
		sh -c "$line" >out 2>&1 </dev/null || { cat out; return 1; }
	done < <(commands)
	[ -s results/latest/verdicts.csv ]
}
@test "every path and command that README names exists" {
	for path in $(grep -oE '\]\([^)#]+\)' README.md | sed 's/](//; s/)//'); do
		[ -e "$path" ] || { echo "no $path"; false; }
	done
	for folder in $(grep -oE '^\| `(harness|experiments)[^|]*' README.md | grep -oE '`[a-z/]+`' | tr -d '`'); do
		[ -d "$folder" ]
	done
	for command in $(grep -oE '`build/samework [a-z-]+' README.md | awk '{ print $2 }'); do
		build/samework help "$command"
	done
}
@test "every strategy is in README's table" {
	for f in $(grep -l '^const struct strategy ' harness/strategies/*.c); do
		grep -q "^| \`$(basename "$f" .c | tr _ -)\` |" README.md
	done
}
