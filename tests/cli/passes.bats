#!/usr/bin/env bats
# samples.csv and bins.csv tell of the same passes, and of those that were timed.

bats_require_minimum_version 1.5.0

setup_file() {
	export SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	sw="$PWD/${SW_BIN:-build/samework}"
	cat >"$BATS_FILE_TMPDIR/passes.yaml" <<-END
		title: passes
		question: do all files tell of the same passes?
		workloads:
		  - {name: echo, tasks: 4, units: 20}
		  - {name: bytecode, tasks: 4, units: 20}
		strategies: [single, {name: gil, params: {trace: "on"}}]
		workers: [1, 2]
		placements: [none]
	END
	"$sw" run --profile smoke --out "$BATS_FILE_TMPDIR/run" "$BATS_FILE_TMPDIR/passes.yaml"
	"$sw" analyse "$BATS_FILE_TMPDIR/run"
	cd "$BATS_FILE_TMPDIR/run" || return
	# cell, rep, units and counters of the rows that count
	awk -F, 'NR == FNR { if ($6 != "twin") cell[$1] = $5; next }
		$14 == "ok" && cell[$3] { print cell[$3], $12, $17, $47 }' \
		plan.csv samples.csv >"$BATS_FILE_TMPDIR/rows"
}

# of standard input, "CELL N" a line: each cell with the sum of its numbers
sums() {
	awk '{ n[$1] += $2 } END { for (c in n) print c, n[c] }' | sort
}
# the same of the values of KIND in latency.csv
values() {
	awk -F, -v kind="$1" '$3 == kind { print $2, $6 }' "$BATS_FILE_TMPDIR/run/latency.csv" | sums
}

@test "passes are counted from 1" {
	awk '$2 < 1 { bad = 1 } END { exit bad || !NR }' "$BATS_FILE_TMPDIR/rows"
}
@test "every unit of a pass has its latency in the bins" {
	diff <(cut -d' ' -f1,3 "$BATS_FILE_TMPDIR/rows" | sums) <(values unit)
}
@test "every time that the lock was taken has its hold in the bins" {
	diff <(sed -n 's/\(gil.*\) [0-9]* [0-9]* takes=\([0-9]*\).*/\1 \2/p' "$BATS_FILE_TMPDIR/rows" |
		sums) <(values hold)
}
@test "what the strategy counts comes before what the workload counts" {
	run ! grep -vE '^echo/single.* $|^echo/gil.* takes=[0-9]+;forced=[0-9]+;timeouts=[0-9]+;drop_requests=[0-9]+(;hold_p50_ns=[0-9]+)?$|^bytecode/single.* lost=0;lost_ppm=0;refs_lost=0$|^bytecode/gil.* takes=[1-9][0-9]*;forced=[0-9]+;timeouts=[0-9]+;drop_requests=[0-9]+(;hold_p50_ns=[0-9]+)?;lost=0;lost_ppm=0;refs_lost=0$' \
		"$BATS_FILE_TMPDIR/rows"
}
