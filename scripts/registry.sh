#!/bin/sh
# registry.sh KIND FILE... - write the C table of all KINDs (workload, strategy).
# A file is a member when it defines KIND_<basename>; helpers are left out.  The
# name of a member is its file's, with '-' for '_'.
kind=$1
shift
case $kind in *y) plural=${kind%y}ies ;; *) plural=${kind}s ;; esac
members() {
	for f in "$@"; do
		n=$(basename "$f" .c)
		grep -q "^const struct $kind ${kind}_$n = " "$f" && echo "$n"
	done
}
cat <<END
/* made by scripts/registry.sh; do not edit */
#include <string.h>

#include "$plural/$kind.h"

END
members "$@" | sed "s/.*/extern const struct $kind ${kind}_&;/"
printf '\nconst struct %s *const %s[] = {\n' "$kind" "$plural"
members "$@" | sed "s/.*/	\&${kind}_&,/"
cat <<END
	NULL
};

const struct $kind *${kind}_find(const char *name)
{
	for (const struct $kind *const *p = $plural; *p; p++)
		if (!strcmp((*p)->name, name))
			return *p;
	return NULL;
}
END
