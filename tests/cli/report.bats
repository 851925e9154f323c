#!/usr/bin/env bats
# The page of a run: of a new one, and of one from a file that somebody sent.

bats_require_minimum_version 1.5.0

setup_file() {
	export SW="$PWD/${SW_BIN:-build/samework}" SAMEWORK_LOCK="$BATS_FILE_TMPDIR/lock"
	export RUN="$BATS_FILE_TMPDIR/run" CHECK="$PWD/tests/cli/page.py"
	cat >"$BATS_FILE_TMPDIR/small.yaml" <<-END
		title: '</title><script>alert(1)</script> & more'
		question: is it "read" as a <b>text</b>?
		workloads: [{name: squares, tasks: 8, units: 20}]
		strategies: [single, fine]
		workers: [1, 2]
		placements: [none]
		claims:
		  - name: any
		    why: 1 < 2 && 2 > 1
		    left: squares/fine/none/1
		    right: squares/single/none/1
		    expect: 0.001 .. 1000
		    source: <a href="javascript:x">a link</a>
	END
	"$SW" experiments --profile smoke --seed 5 --out "$RUN" "$BATS_FILE_TMPDIR/small.yaml" \
		>"$BATS_FILE_TMPDIR/out" 2>"$BATS_FILE_TMPDIR/err" || cat "$BATS_FILE_TMPDIR/err"
}

@test "experiments ends with the page, and says where it is" {
	grep -qx "report    $RUN/report.html" "$BATS_FILE_TMPDIR/out"
	[ -s "$RUN/report.html" ]
}
@test "an XML parser reads the page; it is whole, and fetches and runs nothing" {
	python3 "$CHECK" "$RUN/report.html"
}
@test "the check notices what it must" {
	for s in 's/<caption>/<p>/; s/<.caption>/<\/p>/' 's/ scope="row"//' 's/<h2 id="limits"/<h2 id="cite"/' \
		's/href="plan.csv"/href="http:\/\/x"/' 's/<.body>/<script><\/script>&/' \
		's/<.h2>/\&nbsp;/' 's/<p>/<p onclick="x">/' 's/id="experiment:small"/id="x"/'; do
		sed "$s" "$RUN/report.html" >"$RUN/changed.html"
		run ! cmp -s "$RUN/report.html" "$RUN/changed.html"
		run ! python3 "$CHECK" "$RUN/changed.html"
	done
	rm "$RUN/changed.html"
}
@test "what an experiment holds is text" {
	grep -qF '&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</h1>' "$RUN/report.html"
	grep -qF '1 &lt; 2 &amp;&amp; 2 &gt; 1' "$RUN/report.html"
	grep -qF '&lt;a href=&quot;javascript:x&quot;&gt;' "$RUN/report.html"
}
@test "report prints the path alone, and writes the same bytes again" {
	before=$(cksum <"$RUN/report.html")
	run --separate-stderr "$SW" report "$RUN"
	[ "$status" -eq 0 ]
	[ "$output" = "$RUN/report.html" ]
	# shellcheck disable=SC2154 # run sets it
	[ -z "$stderr" ]
	[ "$before" = "$(cksum <"$RUN/report.html")" ]
	ls "$RUN" | grep -c tmp | grep -qx 0
}
@test "a run that was moved has the same page" {
	cp -r "$RUN" "$BATS_TEST_TMPDIR/moved"
	cd "$BATS_TEST_TMPDIR/moved"
	rm report.html
	"$SW" report .
	cmp report.html "$RUN/report.html"
}
@test "a page without figures says so, and has every table" {
	cp -r "$RUN" "$BATS_TEST_TMPDIR/bare"
	rm -rf "$BATS_TEST_TMPDIR/bare/figures"
	"$SW" report "$BATS_TEST_TMPDIR/bare"
	python3 "$CHECK" "$BATS_TEST_TMPDIR/bare/report.html"
	grep -q 'gnuplot-nox' "$BATS_TEST_TMPDIR/bare/report.html"
	[ "$(grep -c '<table' "$RUN/report.html")" -eq \
		"$(grep -c '<table' "$BATS_TEST_TMPDIR/bare/report.html")" ]
}
@test "the committed run has a page with all its figures and claims" {
	for run in $(dirname results/reference/*/manifest.json); do
		cp -r "$run" "$BATS_TEST_TMPDIR/$(basename "$run")"
		dir="$BATS_TEST_TMPDIR/$(basename "$run")"
		"$SW" report "$dir"
		python3 "$CHECK" "$dir/report.html"
		[ "$(grep -c '<figure ' "$dir/report.html")" -eq "$(ls "$dir/figures" | grep -c 'svg$')" ]
		[ "$(grep -c 'svg is left out' "$dir/report.html")" -eq 0 ]
		for claim in $(tail -n +2 "$dir/verdicts.csv" | cut -d, -f1,2 | tr , /); do
			grep -q "id=\"$claim\"" "$dir/report.html"
		done
	done
}
@test "a folder that is no run, or not analysed: one line, exit 2, no page" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	cp -r "$RUN" "$BATS_TEST_TMPDIR/raw"
	rm "$BATS_TEST_TMPDIR/raw"/{summary,contrasts,verdicts}.csv "$BATS_TEST_TMPDIR/raw/report.html"
	for dir in empty raw none; do
		run --separate-stderr "$SW" report "$BATS_TEST_TMPDIR/$dir"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
		[ ! -e "$BATS_TEST_TMPDIR/$dir/report.html" ]
	done
}
@test "a folder that cannot be written: an error, exit 1" {
	cp -r "$RUN" "$BATS_TEST_TMPDIR/full"
	rm "$BATS_TEST_TMPDIR/full/report.html"
	mkdir "$BATS_TEST_TMPDIR/full/report.html"
	run --separate-stderr "$SW" report "$BATS_TEST_TMPDIR/full"
	[ "$status" -eq 1 ]
	[ -n "$stderr" ]
}
