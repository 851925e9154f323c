#!/usr/bin/env bats
# A row of a forest says in words what it shows, also where its mark is beyond the
# edge: of the committed run whose rows are the most unlike.

@test "every verdict and every figure of a forest is drawn" {
	command -v gnuplot >/dev/null || skip "gnuplot-nox is not installed"
	run_dir="$BATS_TEST_TMPDIR/run"
	cp -r results/reference/kvm-xeon-2cpu-cpython "$run_dir"
	rm -rf "$run_dir/figures"
	"${SW:-build/samework}" plot "$run_dir"
	for csv in "$run_dir"/figures/*-forest.csv; do
		svg=${csv%.csv}.svg rows=0
		while IFS=, read -r _ _ verdict _ _ _ _ _ _ text; do
			grep -qF -- "$verdict" "$svg" || { echo "$svg: no $verdict"; false; }
			grep -qF -- ">$text<" "$svg" || { echo "$svg: no '$text'"; false; }
			rows=$((rows + 1))
		done < <(tail -n +2 "$csv")
		[ "$rows" -gt 0 ]
	done
}
