#!/bin/sh
# sanitizers.t - the tests again, built as `make asan tsan archer` builds them:
# address and undefined behaviour everywhere, races where strategies share
# memory.  A lock that is left out must be noticed as a race.  TAP.
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export ASAN_OPTIONS=strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
n=0
# line RC WHAT - and what was said, unless RC is 0
line() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"
	else echo "not ok $n - $2"; grep -v '^ok' "$work/log" | sed 's/^/# /'; fi
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
# quiet COMMAND... - 0 when it ends well and no sanitizer speaks
quiet() {
	timeout -k 5 300 "$@" >"$work/log" 2>&1 </dev/null && ! grep -q '^not ok' "$work/log"
}
# built TARGET - made and ready, or the lines that need it fail
built() { make -s -j2 "$1" >"$work/log" 2>&1; line $? "make $1"; }
# each BUILD - its tests, each a line
each() {
	for t in "build/$1"/tests/*/test_*; do
		[ -e "${t#build/"$1"/}.c" ] || continue	# its dependencies; or gone
		quiet "$t"
		line $? "$t"
	done
}
# racy BUILD FILE EXPRESSION STRATEGY - the contract with the bug planted in it:
# the detector speaks, and not only the checksum is wrong
racy() {
	mkdir -p "$work/tree/build/$1" &&
		cp -a Makefile CITATION.cff harness scripts tests "$work/tree" &&
		cp -a "build/$1/obj" build/"$1"/*.c build/"$1"/commit "$work/tree/build/$1" || return
	(
		cd "$work/tree" || exit
		perl -0777 -pi -e "$3" "harness/strategies/$2"
		make -s "$1" RACES=strategies/test_contract WARN= || exit
		CONTRACT_WORKLOADS=counter CONTRACT_STRATEGIES=$4 timeout -k 5 60 \
			"build/$1/tests/strategies/test_contract"
	) >"$work/log" 2>&1
	rm -rf "$work/tree"
	grep -q 'ThreadSanitizer: reported' "$work/log"
}

# each pair once, and slow as it is not for as long: the plain build runs them with
# 1, 2 and 7 workers
export CONTRACT_WORKERS=2 CONTRACT_UNITS=10
built asan
each asan
export SW_BIN=build/asan/samework-test SW_TEST=build/asan/samework-test
for f in cli resume; do
	quiet bats "tests/cli/$f.bats"
	line $? "tests/cli/$f.bats, build asan"
done

export TSAN_OPTIONS=halt_on_error=0
export CONTRACT_STRATEGIES="single gil gil2 subinterp nogil global fine fork pool pool-exec async async-epoll async-uv async-w"
built tsan
each tsan
racy tsan shards.c 's/pthread_mutex_lock\(.*?\);/(void)self, (void)index;/' fine
line $? "noticed: a mutex that is not taken, build tsan"

if ! command -v clang >/dev/null; then
	skip "openmp" "no clang"
	echo "1..$n"
	exit
fi
export TSAN_OPTIONS=ignore_noninstrumented_modules=1 ARCHER_OPTIONS=verbose=1
export CONTRACT_STRATEGIES="openmp openmp-default"
built archer
each archer
racy archer openmp.c 's/\tomp_\w+_lock\(\&\(.*?\);/\t(void)self, (void)index;/g' openmp
line $? "noticed: an omp lock that is not taken, build archer"
# without Archer clean code would be called racy, or nothing be looked at
printf '#include <omp.h>\nint main(void)\n{\n#pragma omp parallel\n\t;\n}\n' >"$work/team.c"
clang -fopenmp=libomp -fsanitize=thread -o "$work/team" "$work/team.c" >"$work/log" 2>&1 &&
	"$work/team" >"$work/log" 2>&1 && grep -q 'Archer detected' "$work/log"
line $? "Archer is there"
echo "1..$n"
