#!/bin/sh
# mutations.t [NAME...] - plant the bugs of tests/mutations/list, one at a time,
# in a copy of the tree: the test named beside each must turn red.  A NAME is of a
# bug, or of a folder of tests.  TAP.
cd "$(dirname "$0")/../.." || exit 2
root=$PWD list=$PWD/tests/mutations/list tab=$(printf '\t')
mkdir -p build && tree=$(mktemp -d "$root/build/mutants.XXXXXX") &&
	files=$(mktemp -d /tmp/mXXXXX) || exit 2
trap 'rm -rf "$tree" "$files"' EXIT
trap 'exit 1' INT TERM HUP
# with what is compiled already, so that only what a bug touches is compiled
cp -a Makefile CITATION.cff LICENSE harness scripts tests plots experiments "$tree"
mkdir "$tree/build"
for f in build/obj build/*.c build/commit; do [ ! -e "$f" ] || cp -a "$f" "$tree/build"; done
cd "$tree" || exit 2
# a test that a bug ends leaves its files
find tests -name '*.[ch]' -exec sed -i "s|\"/tmp/|\"$files/|" {} +

# a warning is no reason why a bug cannot be planted, and nobody will debug it
build() { make -s WARN= CFLAGS='-O2 -Wl,-S' "$@" >log 2>&1; }
build_for() {
	case $1 in
	peers/*.bats) build -j2 build/peers ;;
	*.bats) build -j2 build/samework build/samework-test ;;
	*) build -j2 "build/tests/$1" ;;
	esac
}
# run TEST PART - 0 when green; a test that hangs is red
run() {
	case $1 in
	*.bats) FAULTS="fine badsum slack" timeout -k 1 60 bats -f "$2" "tests/$1" ;;
	*) CONTRACT_WORKLOADS=${2%/*} CONTRACT_STRATEGIES=${2#*/} timeout -k 1 "$limit" "build/tests/$1" ;;
	esac >log 2>&1 </dev/null && ! grep -q '^not ok' log
}
n=0
tell() { n=$((n + 1)); printf '%s %d - %s\n' "$1" "$n" "$2"; [ "$1" = ok ] || sed 's/^/# /' log; }

# take_out FILE - the bug; what was compiled before is put back rather than made
# again, but newer than what was linked with the bug
take_out() {
	cat original >"harness/$1"
	case $1 in ../*) ;; *.c) cp original.o "build/obj/harness/${1%.c}.o" ;; esac
}
# plant NAME FILE EXPRESSION TEST PART BUG - and take it out again
plant() {
	cp "harness/$2" original
	case $2 in ../*) ;; *.c) cp "build/obj/harness/${2%.c}.o" original.o ;; esac
	perl -0777 -pi -e "$3" "harness/$2" 2>log
	if cmp -s original "harness/$2"; then tell 'not ok' "$1: the expression changes nothing"
	elif ! build_for "$4"; then tell 'not ok' "$1: does not build"
	elif run "$4" "$5"; then tell 'not ok' "$1: survived: $6"
	else tell ok "$1: $6"; fi
	take_out "$2"
}

grep -v '^#' "$list" | grep . | awk -F'\t' -v names="$*" '
	BEGIN { n = split(names, name, " "); for (i in name) chosen[name[i]] }
	{ split($4, part, "/") }
	!n || $1 in chosen || part[1] in chosen' >planted
[ -s planted ] || { echo "mutations.t: no bug and no folder is called so: $*" >&2; exit 2; }
cut -f4 planted | sort -u >greens
while read -r test part; do
	# what is red without a bug proves nothing
	build_for "$test"
	limit=60 began=$(date +%s)
	if run "$test" "$part"; then tell ok "green: $test $part"
	else tell 'not ok' "green: $test $part"; fi
	limit=$(($(date +%s) - began + 3))	# a bug may make it hang
	awk -F'\t' -v test="$test${part:+ $part}" '$4 == test' planted >rows
	while IFS=$tab read -r name file change _ bug; do
		plant "$name" "$file" "$change" "$test" "$part" "$bug"
	done <rows
done <greens
echo "1..$n"
