#!/usr/bin/env bats
# What is drawn is what was measured: of a made-up run, and of the committed run whose
# rows are the most unlike.

setup_file() {
	export SW="${SW:-build/samework}" DIR="$BATS_FILE_TMPDIR"
	command -v gnuplot >/dev/null || skip "gnuplot-nox is not installed"
	cp -r tests/plots/fixture "$DIR/fixture"
	cp -r results/reference/kvm-xeon-2cpu-cpython "$DIR/run"
	rm -rf "$DIR/run/figures"
	# a cell without an interval, and a panel without a series
	perl -i -lpe '
		my @f = split /,/, $_, -1;
		%at = map { $f[$_] => $_ } 0 .. $#f if $. == 1;
		my ($fine, $gil) = map { scalar $f[$at{cell}] =~ m{^$_} } "countdown/fine/compact/4", "squares/gil/";
		@f[@at{"speedup_lo", "speedup_hi"}] = ("", "") if $fine || $gil;
		$f[$at{speedup}] = "" if $gil;
		$_ = join ",", @f' "$DIR/fixture/summary.csv"
	for run in fixture run; do "$SW" plot "$DIR/$run" || return; done
}

# A row says in words what it shows, also where its mark is beyond the edge.
@test "every verdict and every figure of a forest is drawn" {
	for csv in "$DIR"/run/figures/*-forest.csv; do
		svg=${csv%.csv}.svg rows=0
		while IFS=, read -r _ _ verdict _ _ _ _ _ _ text; do
			grep -qF -- "$verdict" "$svg" || { echo "$svg: no $verdict"; false; }
			grep -qF -- ">$text<" "$svg" || { echo "$svg: no '$text'"; false; }
			rows=$((rows + 1))
		done < <(tail -n +2 "$csv")
		[ "$rows" -gt 0 ]
	done
}
@test "a chart shows what its table holds, and nothing else" {
	grep -qE '^countdown,fine,compact,4,4,9,[0-9.]+,,$' "$DIR/fixture/figures/gil-cpu-speedup.csv"
	[ "$(grep -c '^squares,gil' "$DIR/fixture/figures/gil-cpu-speedup.csv")" -eq 0 ]
	n=0
	for csv in "$DIR"/fixture/figures/*.csv "$DIR"/run/figures/*-{speedup,forest}.csv; do
		(cd "${csv%/*}" && perl "$OLDPWD/tests/figures/marks.pl" "$(basename "$csv" .csv)")
		n=$((n + 1))
	done
	[ "$n" -ge 36 ]
}
