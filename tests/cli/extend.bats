#!/usr/bin/env bats
# A workload, a strategy, an experiment: each is one new file and no other edit.

bats_require_minimum_version 1.5.0

setup_file() {
	export TREE="$BATS_FILE_TMPDIR/tree" SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	mkdir -p "$TREE/build"
	cp -a Makefile CITATION.cff LICENSE harness experiments plots scripts tests "$TREE"
	for f in build/obj build/*.c build/commit; do	# what is compiled already
		[ ! -e "$f" ] || cp -a "$f" "$TREE/build"
	done
	cd "$TREE" || return
	make -s -j2 build/samework >/dev/null
	sources >"$BATS_FILE_TMPDIR/before"
}
setup() { cd "$TREE" || return; }

# every file but what is built, with a sum of its bytes
sources() { find . -path ./build -prune -o -type f -exec cksum {} + | sort; }

# only_new FILE - nothing else came, went or changed; and take FILE away again
only_new() {
	diff "$BATS_FILE_TMPDIR/before" <(sources) >"$BATS_TEST_TMPDIR/diff" || true
	cat "$BATS_TEST_TMPDIR/diff"
	[ "$(grep -c '^[<>]' "$BATS_TEST_TMPDIR/diff")" -eq 1 ]
	grep -q "^> .* ./$1$" "$BATS_TEST_TMPDIR/diff"
	rm "$1"
}

# contract WORKLOADS STRATEGIES - they pass, and there are some
contract() {
	make -s build/tests/strategies/test_contract
	CONTRACT_WORKLOADS=$1 CONTRACT_STRATEGIES=$2 run build/tests/strategies/test_contract
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^ok' <<<"$output")" -ge 3 ]
	run ! grep SKIP <<<"$output"
}

@test "new-workload writes a file that builds, is listed and passes the contract" {
	run --separate-stderr build/samework new-workload demo
	[ "$status" -eq 0 ]
	[ "$output" = harness/workloads/demo.c ]
	make -s
	run build/samework list
	grep -q '^  demo	cpu; a unit is one number' <<<"$output"
	build/samework list --json | jq -e '.workloads[] | select(.name == "demo")'
	contract demo "single gil global fine openmp fork pool async"
	scripts/floors.sh
	only_new harness/workloads/demo.c
}
@test "a strategy is one file" {
	cat >harness/strategies/twice_checked.c <<-'END'
		/* twice-checked: as single, under another name. */
		#include "strategies/strategy.h"

		static int twice_checked_run(struct pass *p)
		{
			gate_open(p, 1);
			return worker_loop(p, 0, NULL);
		}

		const struct strategy strategy_twice_checked = {
			.name = "twice-checked",
			.summary = "one thread, under another name",
			.max_workers = 1,
			.engine = "blocking",
			.run = twice_checked_run,
		};
	END
	make -s
	build/samework list | grep -q '^  twice-checked	blocking'
	build/samework list --json | jq -e '.strategies[] | select(.name == "twice-checked")'
	contract "counter echo squares" twice-checked
	scripts/floors.sh
	only_new harness/strategies/twice_checked.c
}
@test "an experiment is one file" {
	cat >experiments/mine.yaml <<-'END'
		title: mine
		question: is one file enough?
		workloads: [{name: counter, tasks: 4, units: 2}]
		strategies: [single, fine]
		workers: [1]
		placements: [none]
		claims:
		  - name: locks-cost
		    why: a lock is taken for nothing
		    left: counter/fine/none/1
		    right: counter/single/none/1
		    expect: 1 .. 100
		    source: arithmetic
	END
	make -n plan | grep -q experiments/mine.yaml
	build/samework plan experiments/mine.yaml
	only_new experiments/mine.yaml
}
@test "an experiment runs to its verdict" {
	printf '%s\n' 'title: mine' 'question: does it run?' \
		'workloads: [{name: counter, tasks: 4, units: 2}]' \
		'strategies: [single]' 'workers: [1]' 'placements: [none]' 'claims:' \
		'  - {name: self, why: the same cell, left: counter/single/none/1,' \
		'     metric: wall_ns, expect: 0 .. 1000000000000, source: arithmetic}' \
		>"$BATS_TEST_TMPDIR/mine.yaml"
	build/samework run --profile smoke --out "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/mine.yaml"
	build/samework analyse "$BATS_TEST_TMPDIR/run"
	grep -q '^mine,self,UNCLEAR,' "$BATS_TEST_TMPDIR/run/verdicts.csv"
}
@test "a file that is gone is forgotten" {
	build/samework new-workload gone
	make -s
	rm harness/workloads/gone.c
	make -s
	run build/samework list
	[ "$status" -eq 0 ]
	run ! grep '^  gone	' <<<"$output"
}
@test "names that cannot be a file, an identifier and a field are refused" {
	for name in "" A Demo 9lives _x a-b a.b a/b ../x "a b" 'a,b' 'é' \
		abcdefghijklmnopqrstuvwxyzabcdefg --; do
		run --separate-stderr build/samework new-workload "$name"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	diff "$BATS_FILE_TMPDIR/before" <(sources)
}
@test "words of the language are names like others" {
	for name in int static main; do
		build/samework new-workload "$name"
	done
	make -s
	rm harness/workloads/int.c harness/workloads/static.c harness/workloads/main.c
	make -s
}
@test "a name that is taken is refused, and what is there is kept" {
	for name in counter primes server run files; do
		run build/samework new-workload "$name"
		[ "$status" -eq 2 ]
	done
	diff "$BATS_FILE_TMPDIR/before" <(sources)
}
@test "elsewhere there is nothing to add to" {
	cd "$BATS_TEST_TMPDIR"
	run "$TREE/build/samework" new-workload demo
	[ "$status" -eq 1 ]
	[[ "$output" == *"top folder"* ]]
	[ ! -e harness ]
}
