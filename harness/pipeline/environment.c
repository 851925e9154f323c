#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/bins.h"
#include "pipeline/supervise.h"

static char *const trial_environment[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin",
	"LC_ALL=C",
	"OMP_WAIT_POLICY=passive",	/* waiting does not burn a core */
	"OMP_PROC_BIND=false",		/* we pin */
	"OMP_DYNAMIC=false",
	NULL,				/* TMPDIR, if set */
	NULL,				/* where the histograms go */
	NULL,				/* where interpreters and scripts are */
	NULL,
	NULL,
	NULL,				/* sanitizer options, if set */
	NULL,
	NULL,
	NULL,
};

char **environment_make(int bins)
{
	static char bins_pair[sizeof BINS_ENV + 12];
	static const char *const kept[] = {
		"TMPDIR", "PYTHONS", "PYENV_ROOT", "SAMEWORK_SCRIPTS",
		"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS",
	};
	static char *env[sizeof trial_environment / sizeof *trial_environment];
	size_t n = 0;

	memcpy(env, trial_environment, sizeof env);
	while (env[n])
		n++;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const char *v = getenv(kept[i]);
		char *pair = v ? malloc(strlen(kept[i]) + strlen(v) + 2) : NULL;

		if (pair)
			env[n++] = strcat(strcat(strcpy(pair, kept[i]), "="), v);
	}
	snprintf(bins_pair, sizeof bins_pair, BINS_ENV "=%d", bins);
	if (bins >= 0)
		env[n] = bins_pair;
	return env;
}
