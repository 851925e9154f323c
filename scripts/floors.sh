#!/bin/sh
# floors.sh - no file may include from a floor above its own, nor say another than
# its own, and each library appears in one place only.  Prints what breaks the
# rule; exit 1 if anything.
cd "$(dirname "$0")/../harness" || exit 2
grep -rnE '^#include "|Floor [0-9]' --include='*.[ch]' . | awk -F'[/:"]' '
BEGIN {
	f["base"] = 0
	f["workloads"] = f["placement"] = f["machine"] = 1
	f["engines"] = 2; f["strategies"] = 3; f["pipeline"] = 4; f["analysis"] = 5; f["figures"] = f["exchange"] = 6; f["report"] = 7; f["commands"] = 8
}
{
	me = $2; it = $(NF - 2)
	if (me == "main.c") next
	if (match($0, /Floor [0-9]/)) {
		if (substr($0, RSTART + 6, 1) != f[me]) { print "is not its floor: " $0; bad++ }
		next
	}
	if (it != me && f[it] >= f[me]) { print "goes up: " $0; bad++ }
}
END { exit bad > 0 }' || bad=1

# a workload includes workload.h and nothing of ours outside its folder
for f in $(grep -l '^const struct workload ' workloads/*.c); do
	grep -Hn '^#include "' "$f" | grep -v '"workloads/[a-z_]*\.h"$' && bad=1
done

# library header, the only files or folders that may include it
while read -r header place; do
	if grep -rln "^#include <$header" --include='*.[ch]' . | grep -vE "$place"; then
		echo "includes <$header>, which belongs to $place"
		bad=1
	fi
done <<END
hwloc placement/topology.c
omp.h strategies/openmp
liburing engines/uring.h
uv.h engines/libuv.c
yaml.h pipeline/node.c
jansson.h pipeline/|analysis/dictionary.c|figures/provenance.c|report/facts.c|exchange/
END
[ -z "$bad" ] && echo "floors: ok"
exit "${bad:-0}"
