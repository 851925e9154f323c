#!/usr/bin/env bats
# Pairs of measurements are kept one by one, and are not measured twice.  With the
# bare loop only, which is always installed.

setup() {
	export SAMEWORK_LOCK="$BATS_TEST_TMPDIR/lock"
	PEERS=${PEERS:-build/peers} DIR="$BATS_TEST_TMPDIR/run"
	mkdir "$DIR"
}

# In every row the value of column $1.
column() {
	awk -F, -v name="$1" 'NR == 1 { while ($++i != name); next } { print $i }' "$DIR/blocks.csv"
}

blocks() { cut -d, -f1,3 "$DIR/blocks.csv" | tail -n +2 | sort -u | wc -l; }

@test "peers: goes on where it was stopped, with its seed" {
	run "$PEERS" "$DIR" plots 1 7 futex-bare fread-bare
	[ "$status" -eq 3 ]	# one block is no interval
	[ "$(blocks)" -eq 2 ]
	column round | grep -qx 4
	[ -z "$(column first | head -n 4 | uniq -d)" ]	# the sides take turns
	sed -i 's/,bare,/,bare-7.0,/' "$DIR/blocks.csv"	# as a tool with a version
	cp "$DIR/blocks.csv" "$BATS_TEST_TMPDIR/before"
	run "$PEERS" "$DIR" plots 2 - futex-bare
	[ "$status" -eq 3 ]
	[[ "$output" = *"block 2: trial 1 of 1"* ]]	# the first is there
	[ "$(blocks)" -eq 3 ]
	head -n "$(wc -l <"$BATS_TEST_TMPDIR/before")" "$DIR/blocks.csv" | cmp - "$BATS_TEST_TMPDIR/before"
	[ "$(column seed | sort -u)" = 7 ]
	[[ "$output" = *futex-bare*bare-7.0*UNCLEAR* ]]
	grep -q bare-7.0 "$DIR/peers.csv"
}

# rows PAIR OURS_NS THEIRS_NS OURS_CPU_NS THEIRS_CPU_NS - a line of blocks.csv for each round of six blocks
rows() {
	for block in 1 2 3 4 5 6; do
		for round in 1 2 3 4; do
			echo "$block,$round,$1,bare,ours,9,7,$2,$3,$4,$5"
		done
	done
}

@test "peers: one that fails is told, whatever the others are, and whose is whose" {
	{
		echo block,round,pair,theirs,first,units,seed,ours_ns,theirs_ns,ours_cpu_ns,theirs_cpu_ns
		rows fread-bare 200 100 40 60
		rows futex-bare "" 100 "" 60
	} >"$DIR/blocks.csv"
	cp "$DIR/blocks.csv" "$BATS_TEST_TMPDIR/before"
	run timeout 20 "$PEERS" "$DIR" plots 6 - fread-bare futex-bare	# or it measures
	[ "$status" -eq 4 ]
	cmp "$DIR/blocks.csv" "$BATS_TEST_TMPDIR/before"	# all is known
	[[ "$output" = *"fread-bare "*" 5000000  10000000  0.500 [0.500, 0.500]   1.50 [ 1.50,  1.50]    6  0.90  FAILS"* ]]
	[[ "$output" = *"futex-bare "*" 0  0.97  UNCLEAR"* ]]
	grep -q '^fread-bare,.*,6,5000000,10000000,0.5,0.5,0.5,0.96875,40,60,1.5,1.5,1.5,0.9,FAILS,,7$' "$DIR/peers.csv"
}

@test "peers: another seed is refused, and nothing is written" {
	run "$PEERS" "$DIR" plots 1 7 futex-bare
	cp "$DIR/blocks.csv" "$BATS_TEST_TMPDIR/before"
	run "$PEERS" "$DIR" plots 2 8 futex-bare
	[ "$status" -eq 2 ]
	[[ "$output" = *"was begun with seed 7"* ]]
	cmp "$DIR/blocks.csv" "$BATS_TEST_TMPDIR/before"
}

@test "peers: what is no pair is refused" {
	run "$PEERS" "$DIR" plots 1 7 no-such-pair
	[ "$status" -eq 2 ]
	[ -z "$(ls "$DIR")" ]
}
