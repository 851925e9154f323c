#!/bin/sh
# floors.t - what is true of the source as text: who includes whom, that shell is
# clean, that functions fit a screen, that planted bugs can be planted.  Each rule is
# first shown to notice a breach, planted in a copy.  TAP.
cd "$(dirname "$0")/.." || exit 2
copy=$(mktemp -d) || exit 2
trap 'rm -rf "$copy"' EXIT
n=0
# ok WHAT COMMAND... - one line, with what the command says if it fails
ok() {
	n=$((n + 1)) what=$1
	shift
	if "$@" >"$copy/log" 2>&1; then echo "ok $n - $what"
	else echo "not ok $n - $what"; sed 's/^/# /' "$copy/log"; fi
}
not() { ! "$@"; }

# functions of more than 60 lines, in the C files under $1
long_functions() {
	find "$1" -name '*.[ch]' -exec awk '
		/^\{/ { from = FNR }
		/^\}/ { if (from && FNR - from > 61) { print FILENAME ":" from; bad = 1 } from = 0 }
		END { exit bad }' {} +
}
# words that say "not finished", in the text files under the rest
unfinished() {
	! grep -rnwIE 'T[O]DO|F[I]XME|X[X]X' "$@"
}
# ways out that only main() and who is out of memory may take, but for _exit
exits() {
	! grep -rnE '(^|[^_[:alnum:]])exit\(' "$1" --include='*.c' | grep -vE '/(main|mem)\.c:'
}

# bugs of tests/mutations/list, in the tree $1, that no longer change their file,
# have another's name, or are left to a test that is not there
stale_bugs() {
	perl -F'\t' -lane '
		next if /^(#|$)/;
		my ($name, $file, $change, $test) = @F;
		print("$name: twice"), $bad = 1 if $seen{$name}++;
		($test) = split " ", $test;
		print("$name: no $test"), $bad = 1 unless grep { -e } "$tree/tests/$test", "$tree/tests/$test.c";
		$text{$file} //= do { local $/; open(my $in, "<", "$tree/harness/$file"); <$in> };
		local $_ = $text{$file};
		eval "$change; 1" or print("$name: $@"), $bad = 1;
		print("$name: changes nothing"), $bad = 1 if $_ eq $text{$file};
		BEGIN { $tree = shift }
		END { $? = $bad // 0 }' "$1" "$1/tests/mutations/list"
}

ok "nothing includes upwards" scripts/floors.sh
# plant FILE LINE - with LINE in a copy of FILE, floors.sh must fail
plant() {
	rm -rf "$copy/tree" && mkdir "$copy/tree" && cp -r harness scripts "$copy/tree" || return 1
	printf '%s\n' "$2" >>"$copy/tree/harness/$1"
	not "$copy/tree/scripts/floors.sh"
}
while read -r file include; do
	ok "noticed: $file, $include" plant "$file" "#include $include"
done <<END
base/csv.c "workloads/workload.h"
base/csv.c "pipeline/plan.h"
placement/map.c "engines/engine.h"
engines/poll.c "strategies/strategy.h"
strategies/gil.c "pipeline/plan.h"
pipeline/run.c "commands/command.h"
pipeline/run.c "analysis/analyse.h"
workloads/primes.c "base/clock.h"
workloads/primes.c "placement/placement.h"
placement/map.c "machine/facts.h"
workloads/primes.c <hwloc.h>
placement/map.c <hwloc.h>
engines/epoll.c <liburing.h>
engines/epoll.c <uv.h>
pipeline/run.c <yaml.h>
strategies/fine.c <omp.h>
base/num.c <jansson.h>
END
ok "noticed: a file that says another floor" plant strategies/loop.h "/* Floor 2. */"

# what deps asks for when nothing is there and nobody is root
mkdir "$copy/bin"
for f in dpkg-query sudo; do printf '#!/bin/sh\nexit 1\n' >"$copy/bin/$f"; done
printf '#!/bin/sh\necho 1000\n' >"$copy/bin/id"
chmod +x "$copy"/bin/*
asked_for() { PATH="$copy/bin:$PATH" scripts/deps "$@" 2>&1 | sed -n 's/.*apt-get install//p'; }
# packages of the headers that the sources in $1 include, but the kernel's, which
# libc's brings; they are asked for among $2
headers_come() {
	for h in $(grep -rhoE '^#include <[^>]+>' --include='*.[ch]' "$1" | sed 's/.*<//; s/>//' | sort -u); do
		[ ! -e "/usr/include/$h" ] || dpkg -S "/usr/include/$h" 2>/dev/null
	done | cut -d: -f1 | grep -v linux-libc-dev | sort -u >"$copy/headers"
	for p in $(cat "$copy/headers"); do
		case " $2 " in *" $p "*) ;; *) echo "deps does not ask for $p"; return 1 ;; esac
	done
}
# programs $2 are of packages that are asked for among $1
programs_come() {
	for c in $2; do
		for p in $(dpkg -S "*bin/$c" 2>/dev/null | cut -d: -f1); do
			case " $1 " in *" $p "*) continue 2 ;; esac
		done
		[ ! -e "/usr/bin/$c" ] || { echo "deps does not ask for $c"; return 1; }
	done
}
if command -v dpkg >/dev/null; then
	ok "headers come from packages that are asked for" \
		headers_come harness "$(asked_for run optional)"
	ok "so do those of tests" headers_come tests "$(asked_for run optional test)"
	ok "and the programs that are run" \
		programs_come "$(asked_for run)" "gcc make"
	ok "and those of tests" programs_come "$(asked_for test)" \
		"bats jq shellcheck clang spin pgrep redis-server memcached"
	ok "noticed: a header of nobody" not headers_come harness "$(asked_for crosscheck)"
fi
ok "shell is clean" shellcheck -e SC2013 scripts/deps scripts/*.sh scripts/cpython/fit scripts/cpython/ratios tests/*.t tests/*/*.t .ci/run
ok "tests of the command line are clean" \
	shellcheck -e SC2010,SC2013,SC2016,SC2030,SC2031,SC2086,SC2143 tests/*/*.bats
ok "functions fit a screen" long_functions harness
ok "nothing is left to do" \
	unfinished Makefile README.md harness scripts tests plots experiments .ci
ok "only main ends the program" exits harness
ok "every planted bug can be planted" stale_bugs .

mkdir "$copy/bad"
{ printf 'int f(void)\n{\n'; yes '	g();' | head -n 61; printf '}\n'; } >"$copy/bad/long.c"
printf 'void f(void)\n{\n	exit(1);	/* %s */\n}\n' TO""DO >"$copy/bad/exit.c"
ok "noticed: a function of 61 lines" not long_functions "$copy/bad"
ok "noticed: a thing to do" not unfinished "$copy/bad"
ok "noticed: an exit" not exits "$copy/bad"
mkdir -p "$copy/bad/tests/mutations" "$copy/bad/harness"
bug() { printf 'a	long.c	s/g\(\)/h()/	mutations/list	-\n%b\n' "$1" >"$copy/bad/tests/mutations/list"; }
cp "$copy/bad/long.c" "$copy/bad/harness"
bug '' && ok "a bug that can be planted" stale_bugs "$copy/bad"
for line in 'b\tlong.c\ts/x/y/\tmutations/list\t-' 'b\tlong.c\ts/g/h\tmutations/list\t-' \
	'a\tlong.c\ts/g/h/\tmutations/list\t-' 'b\tlong.c\ts/g/h/\tbase/none\t-'; do
	bug "$line" && ok "noticed: a bug that cannot: $line" not stale_bugs "$copy/bad"
done
echo "1..$n"
