#!/bin/sh
# mutations.t [NAME...] - plant the bugs of tests/mutations/list, one at a time,
# in a copy of the tree: the test named beside each must turn red.  TAP.
cd "$(dirname "$0")/../.." || exit 2
root=$PWD list=$PWD/tests/mutations/list tab=$(printf '\t')
mkdir -p build && tree=$(mktemp -d "$root/build/mutants.XXXXXX") || exit 2
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' INT TERM HUP
# with what is compiled already, so that only what a bug touches is compiled
cp -a Makefile CITATION.cff LICENSE harness scripts tests plots experiments "$tree"
mkdir "$tree/build"
for f in build/obj build/*.c build/commit; do [ ! -e "$f" ] || cp -a "$f" "$tree/build"; done
cd "$tree" || exit 2

# a warning is no reason why a bug cannot be planted
build() { make -s WARN= "$@" >log 2>&1; }
build_for() {
	case $1 in
	*.bats) build -j2 build/samework build/samework-test ;;
	*) build -j2 "build/tests/$1" ;;
	esac
}
# run TEST PART - 0 when green; a test that hangs is red
run() {
	case $1 in
	*.bats) FAULTS="fine badsum" timeout -k 1 60 bats -f "$2" "tests/$1" ;;
	*) CONTRACT_WORKLOADS=${2%/*} CONTRACT_STRATEGIES=${2#*/} timeout -k 1 "$limit" "build/tests/$1" ;;
	esac >log 2>&1 </dev/null && ! grep -q '^not ok' log
}
n=0 limit=60	# seconds
tell() { n=$((n + 1)); printf '%s %d - %s\n' "$1" "$n" "$2"; [ "$1" = ok ] || sed 's/^/# /' log; }
rows() {
	grep -v '^#' "$list" | grep . | while IFS=$tab read -r name rest; do
		case " $* " in "  " | *" $name "*) printf '%s\t%s\n' "$name" "$rest" ;; esac
	done
}
rows "$@" >planted

# what is red without a bug proves nothing
cut -f4 planted | sort -u >greens
while read -r test part; do
	if build_for "$test" && run "$test" "$part"; then tell ok "green: $test $part"
	else tell 'not ok' "green: $test $part"; fi
done <greens

limit=6	# long for any of them, and a bug may make it hang
while IFS=$tab read -r name file change test bug; do
	cp "harness/$file" original
	perl -0777 -pi -e "$change" "harness/$file" 2>log
	part=${test#* }
	[ "$part" != "$test" ] || part=
	if cmp -s original "harness/$file"; then tell 'not ok' "$name: the expression changes nothing"
	elif ! build_for "${test%% *}"; then tell 'not ok' "$name: does not build"
	elif run "${test%% *}" "$part"; then tell 'not ok' "$name: survived: $bug"
	else tell ok "$name: $bug"; fi
	cat original >"harness/$file"	# newer than its object: made again
done <planted
echo "1..$n"
