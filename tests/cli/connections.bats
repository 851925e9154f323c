#!/usr/bin/env bats
# 1,024 connections at a time, under every strategy that can.

bats_require_minimum_version 1.5.0

@test "every strategy holds 1,024 connections, with equal results" {
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 2200 ] ||
		skip "at most $(ulimit -Hn) descriptors"
	sw="$PWD/${SW_BIN:-build/samework}"
	cat >"$BATS_TEST_TMPDIR/many.yaml" <<-END
		title: many
		question: does each strategy hold 1,024 connections?
		workloads: [{name: echo, tasks: 1024, units: 1}]
		strategies: [$("$sw" list --json | jq -r '[.strategies[].name] - ["single"] | map(select(startswith("py-") | not)) | join(", ")')]
		workers: [1024]
		placements: [none]
		timeout: 60s
	END
	# a wrong sum or an error would be another status
	SAMEWORK_LOCK="$BATS_TEST_TMPDIR/lock" "$sw" run --profile smoke \
		--out "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/many.yaml" || true
	awk -F, 'NR == FNR { strategy[$1] = $9; next }
		FNR > 1 && $12 <= 1 { print strategy[$3], $14, $15; n++ }
		END { exit n < 10 }' "$BATS_TEST_TMPDIR"/run/{plan,samples}.csv >"$BATS_TEST_TMPDIR/rows"
	cat "$BATS_TEST_TMPDIR/rows"
	run ! grep -vE '^[a-z0-9-]+ (ok|env_changed|skipped) ' "$BATS_TEST_TMPDIR/rows"
	grep -q ' ok ' "$BATS_TEST_TMPDIR/rows"
}
