#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "pipeline/folder.h"
#include "pipeline/usable.h"

/* UTC time, and four digits that tell two runs of one second apart. */
static void make_id(char id[RUN_ID_MAX])
{
	time_t now = time(NULL);
	struct tm tm;
	size_t n = strftime(id, RUN_ID_MAX, "%Y%m%dt%H%M%Sz", gmtime_r(&now, &tm));

	snprintf(id + n, RUN_ID_MAX - n, "-%04x", (unsigned)rng_mix(clock_ns()) & 0xffff);
}

int folder_make(const char *out, char dir[DIR_MAX], char run_id[RUN_ID_MAX])
{
	make_id(run_id);
	if (out && strlen(out) >= DIR_MAX - 64)
		return fail("%.40s...: the name is too long", out);
	if (!out && mkdir("results", 0755) < 0 && errno != EEXIST)
		return fail_errno("results");
	snprintf(dir, DIR_MAX, "%s%s", out ? out : "results/", out ? "" : run_id);
	if (mkdir(dir, 0755) == 0)
		return 0;
	/* an empty folder will do; rmdir tells one, and removes nothing else */
	if (errno == EEXIST && rmdir(dir) == 0 && mkdir(dir, 0755) == 0)
		return 0;
	return fail_errno("%s: a new run needs a new folder", dir);
}

void folder_drop(const char *dir)
{
	char path[DIR_MAX + 16];

	snprintf(path, sizeof path, "%s/.lock", dir);
	unlink(path);
	rmdir(dir);
}

static int copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = in ? table_create(to) : NULL;
	char buf[4096];
	size_t n;

	if (!in)
		return fail_errno("%s", from);
	while (out && (n = fread(buf, 1, sizeof buf, in)))
		fwrite(buf, 1, n, out);
	if (out && ferror(in)) {
		fail_errno("%s", from);
		table_drop(out, to);
		out = NULL;
	}
	fclose(in);
	return out ? table_commit(out, to) : -1;
}

static int write_machine(const char *dir, const struct topology *t)
{
	const struct usable u = { topology_cores(t), topology_pus(t), topology_pus(t) };
	char path[DIR_MAX + 16];

	snprintf(path, sizeof path, "%s/machine.csv", dir);
	return usable_write(&u, path);
}

int folder_fill(const char *dir, const struct spec *specs, size_t n,
		const struct topology *t)
{
	char path[DIR_MAX + 128];

	if (write_machine(dir, t) < 0)
		return -1;
	snprintf(path, sizeof path, "%s/experiments", dir);
	if (mkdir(path, 0755) < 0)
		return fail_errno("%s", path);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/experiments/%s.yaml", dir, specs[i].name);
		if (copy(specs[i].path, path) < 0)
			return -1;
	}
	return 0;
}

void folder_latest(const char *dir)
{
	const char *name = strncmp(dir, "results/", 8) ? NULL : dir + 8;

	if (!name || strchr(name, '/'))
		return;
	unlink("results/.latest");
	if (symlink(name, "results/.latest") < 0 ||
	    rename("results/.latest", "results/latest") < 0)
		warn("results/latest: %s", strerror(errno));
}
