#!/usr/bin/env bats
# CPython beside its models: a run of a few cells, whose sums must match, on
# python3 and, where it is found, 2.7; and what is done with such a run.

bats_require_minimum_version 1.5.0

# experiment NAME WORKLOADS STRATEGY... - write it: the strategies beside single
experiment() {
	local name=$1 works=$2
	shift 2
	{
		printf 'title: %s\nquestion: Do they do the same work?\nworkers: [2]\n' "$name"
		printf 'placements: [none]\nworkloads:\n'
		# shellcheck disable=SC2086
		printf '  - {name: %s, tasks: 5, units: 3}\n' $works
		printf 'strategies:\n  - single\n'
		for lane; do echo "  - {name: ${lane/ /, }}"; done
	} >"$BATS_FILE_TMPDIR/$name.yaml"
}
setup_file() {
	export SW="$PWD/${SW_BIN:-build/samework}" SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	export DIR="$BATS_FILE_TMPDIR/run"
	cat >"$BATS_FILE_TMPDIR/lanes.yaml" <<-END
		title: Lanes
		question: Do they do the same work?
		workloads:
		  - {name: countdown, tasks: 4, units: 20}
		  - {name: delay, tasks: 4, units: 1}
		strategies:
		  - single
		  - py-threads
		  - {name: py-threads, as: py27, params: {python: 2007}}
		  - {name: py-threads, as: never, params: {python: 3999}}
		workers: [2]
		placements: [none]
		claims:
		  - {name: grows, why: of course, left: countdown/single/none/1, expect: 0 .., source: here}
		  - name: fitted-never
		    why: there is none
		    left: countdown/py-threads/none/2
		    right: countdown/never/none/2
		    scaling_from: 2
		    expect: 0 ..
		    source: here
	END
	# all other work in one lane, and all other lanes
	experiment works "squares primes sleep convoy bytecode" "py-threads as: threads"
	sed -i "s|bytecode,|& params: {program: counter-locked},|" "$BATS_FILE_TMPDIR/works.yaml"
	experiment others "counter echo" "py-asyncio as: asyncio" "py-processes as: processes" \
		"py-processes params: {method: spawn}, as: spawned" "py-subinterp as: subinterp"
	"$SW" run --profile smoke --out "$DIR" "$BATS_FILE_TMPDIR"/{lanes,works,others}.yaml \
		>"$BATS_FILE_TMPDIR/out" 2>"$BATS_FILE_TMPDIR/err" || true
}

# rows STRATEGY - workload, engine, status and reason of its rows
rows() {
	awk -F, -v s="$1" 'NR == FNR { split($5, c, "/"); if (c[2] == s) mine[$1] = 1; next }
		$3 in mine { print $4, $7, $14, $15 }' "$DIR/plan.csv" "$DIR/samples.csv"
}
# matched STRATEGY ENGINE - both workloads were measured, in both blocks
matched() {
	run rows "$1"
	echo "$output"
	! grep -q ' skipped ' <<<"$output" || skip "$(grep -m 1 -o 'no Python.*' <<<"$output")"
	[ "$(grep -cE "^countdown $2[0-9.t-]* (ok|env_changed)" <<<"$output")" -ge 2 ]
	[ "$(grep -cE "^delay $2[0-9.t-]* (ok|env_changed)" <<<"$output")" -ge 2 ]
	! grep -vE ' (ok|env_changed) ' <<<"$output"
}

@test "python3 does the same work" { matched py-threads cpython-3.; }
@test "python 2.7 does the same work" { matched py27 cpython-2.7.; }
# does LANE WORKLOAD... - each twice, and nothing that fails
does() {
	local lane=$1
	shift
	run rows "$lane"
	echo "$output"
	for work; do
		[ "$(grep -cE "^$work cpython-3[0-9.t-]* (ok|env_changed) " <<<"$output")" -ge 2 ]
	done
	[ "$(grep -vcE ' (ok|env_changed) |^echo .* does not inherit' <<<"$output")" -eq 0 ]
}
@test "every lane does all other work, each task once" {
	does threads squares primes sleep convoy bytecode
	for lane in asyncio processes subinterp; do does $lane counter echo; done
	does spawned counter
}
@test "each lane is where, when and as many at once as it says" {
	timeout 60 python3 -B tests/cli/lanes.py
}
@test "what is not there is skipped, and said" {
	run rows never
	[ "$(grep -c 'skipped no Python 3.999 found; install python3' <<<"$output")" -eq 4 ]
}
@test "the table tells what was fitted from what is predicted" {
	run "$SW" analyse "$DIR"
	[ "$status" -eq 0 ]
	run scripts/cpython/ratios "$DIR"
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE '^lanes +fitted-never +fitted .*SKIPPED' <<<"$output"
	grep -qE '^lanes +grows +predicted ' <<<"$output"
	grep -q ', 1 skipped$' <<<"$output"
}
@test "the table has each number in its place" {
	cat >"$BATS_TEST_TMPDIR/verdicts.csv" <<-END
		experiment,claim,verdict,ratio,lo,hi,expect_lo,expect_hi,reason
		e,a,HOLDS,1.5,1.25,1.75,1,2,
		e,law-b,HOLDS,3,2,4,,5,
		e,c,HOLDS,3,2,4,1,,
		e,d,FAILS,3,2,4,5,6,
		e,f,FAILS,3,2,4,5,6,
		e,g,UNCLEAR,3,2,4,3,6,wide
	END
	run -0 scripts/cpython/ratios "$BATS_TEST_TMPDIR"
	echo "$output"
	grep -qE '^e +a +predicted +1\.5 +\[1\.25, 1\.75\] +1 \.\. 2 +HOLDS' <<<"$output"
	grep -qE '^e +law-b +law +3 +\[2, 4\] +\.\. 5 +HOLDS' <<<"$output"
	grep -qE '^e +g +predicted .* UNCLEAR +wide$' <<<"$output"
	grep -q '^3 in their bands, 2 outside, 1 unclear, 0 skipped$' <<<"$output"
}
@test "the cost of a tick is fitted into an experiment" {
	cat >"$BATS_TEST_TMPDIR/samples.csv" <<-END
		strategy,engine,status,wall_ns
		single,blocking,ok,130
		single,blocking,ok,90
		single,blocking,env_changed,100
		single,blocking,timeout,500
		py-threads,cpython-2.7.18,ok,400
		py-threads,cpython-2.7.18,ok,265
		py-threads,cpython-2.7.18,ok,100
		py-threads,cpython-3.11.2,ok,900
		py-threads,cpython-3.11.2,ok,900
		py-threads,cpython-3.11.2,ok,900
	END
	run scripts/cpython/fit "$BATS_TEST_TMPDIR/samples.csv" "$BATS_TEST_TMPDIR/new" \
		experiments/cpython/battle.yaml experiments/cpython/convoy.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q 'name: countdown, .*cost: 16}' "$BATS_TEST_TMPDIR/new/battle.yaml"
	grep -q 'name: convoy, .*cost: 16}' "$BATS_TEST_TMPDIR/new/convoy.yaml"
}
@test "without a CPython the experiments stay as they are" {
	printf 'strategy,engine,status,wall_ns\nsingle,blocking,ok,100\n' >"$BATS_TEST_TMPDIR/samples.csv"
	run -0 scripts/cpython/fit "$BATS_TEST_TMPDIR/samples.csv" "$BATS_TEST_TMPDIR/new" \
		experiments/cpython/battle.yaml
	grep -q 'no CPython was measured' <<<"$output"
	cmp experiments/cpython/battle.yaml "$BATS_TEST_TMPDIR/new/battle.yaml"
}
@test "without the model nothing is written" {
	echo strategy,engine,status,wall_ns >"$BATS_TEST_TMPDIR/samples.csv"
	run -1 scripts/cpython/fit "$BATS_TEST_TMPDIR/samples.csv" "$BATS_TEST_TMPDIR/new" \
		experiments/cpython/battle.yaml
	[ ! -e "$BATS_TEST_TMPDIR/new" ]
}
@test "every experiment of the folder can be planned" {
	run "$SW" plan experiments/cpython/*.yaml experiments/cpython/fit/*.yaml
	echo "$output"
	[ "$status" -eq 0 ]
}
# validate TICK CODE [SETTING...] - make it, where the tick ends with the one, all else
# with the other
validate() {
	local bin="$BATS_TEST_TMPDIR/bin"
	mkdir -p "$bin" "$BATS_TEST_TMPDIR/run"
	echo 'experiment,claim,verdict,ratio,lo,hi,expect_lo,expect_hi,reason' \
		>"$BATS_TEST_TMPDIR/run/verdicts.csv"
	printf '#!/bin/sh\necho install ok installed\n' >"$bin/dpkg-query"
	cat >"$bin/samework" <<-END
		#!/bin/sh
		[ "\$1" = run ] || { echo "asked: \$*"; exit $2; }
		mkdir -p "\$5"
		printf 'strategy,engine,status,wall_ns\nsingle,blocking,ok,100\n' >"\$5/samples.csv"
		exit $1
	END
	chmod +x "$bin"/*
	PATH="$bin:$PATH" run make validate-cpython MAKE=true SW="$bin/samework" \
		BUILD="$BATS_TEST_TMPDIR/build" OUT="$BATS_TEST_TMPDIR/run" "${@:3}"
	echo "$output"
}
@test "a table is told of the run that was made, and of no other" {
	for code in 0 3 4; do
		validate 0 $code
		grep -q '0 in their bands' <<<"$output"
		[ "$code" -eq 0 ] || [ "$status" -ne 0 ]
	done
	for code in 1 75; do
		validate 0 $code
		[ "$status" -ne 0 ]
		[[ $output != *"in their bands"* ]]
	done
}
@test "what was fitted is what is run, as was said" {
	validate 0 0 STRICT=1 WORKERS=2 PROFILE=smoke
	grep 'asked: experiments --profile smoke --strict --workers 2 --out' <<<"$output" >"$BATS_TEST_TMPDIR/asked"
	for f in experiments/cpython/*.yaml; do
		grep -qF " $BATS_TEST_TMPDIR/build/cpython/$(basename "$f")" "$BATS_TEST_TMPDIR/asked"
	done
}
@test "a tick that could not be measured everywhere is taken as it is" {
	validate 3 0
	[ "$status" -eq 0 ]
	grep -q '0 in their bands' <<<"$output"
	validate 75 0
	[ "$status" -ne 0 ]
	[[ $output != *"in their bands"* ]]
}
@test "the scripts compile in Python 3, and all but the loop in 2.7" {
	mkdir "$BATS_TEST_TMPDIR/py" && cp scripts/cpython/*.py "$BATS_TEST_TMPDIR/py"
	command -v python3 || skip "python3 is not installed"
	python3 -m py_compile "$BATS_TEST_TMPDIR"/py/*.py
	for old in /usr/bin/python2.7 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/2.7*/bin/python; do
		[ ! -x "$old" ] || break
	done
	[ -x "$old" ] || skip "no Python 2.7 found"
	rm "$BATS_TEST_TMPDIR"/py/seats.py	# async def
	"$old" -m py_compile "$BATS_TEST_TMPDIR"/py/*.py
}
@test "nothing is written beside the scripts" {
	[ -z "$(find scripts/cpython -name '*.pyc' -o -name __pycache__)" ]
}
