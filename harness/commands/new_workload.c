/* new-workload: a file of twenty lines that builds, is listed and passes the
 * contract test as it is, to be changed from there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "commands/command.h"

static const char *const body =
	"/* NAME: say here what it computes, and what bounds it. */\n"
	"#include \"workloads/workload.h\"\n"
	"\n"
	"struct local {\n"
	"\tuint64_t unit;\n"
	"};\n"
	"\n"
	"static struct op step(struct task *t)\n"
	"{\n"
	"\tstruct local *l = t->local;\n"
	"\n"
	"\tTASK_BEGIN(t);\n"
	"\tfor (; l->unit < t->units; l->unit++) {\n"
	"\t\tt->result += task_random(t, l->unit, 0) % 100;\n"
	"\t\tTASK_AWAIT(t, op_units(1));\n"
	"\t}\n"
	"\tTASK_END(t);\n"
	"}\n"
	"\n"
	"const struct workload workload_NAME = {\n"
	"\t.name = \"NAME\",\n"
	"\t.summary = \"adds up random numbers\",\n"
	"\t.unit = \"number\",\n"
	"\t.bound = BOUND_CPU,\n"
	"\t.local_bytes = sizeof(struct local),\n"
	"\t.step = step,\n"
	"};\n";

/* A name that is also a C identifier and a file name. */
static int check(const char *name)
{
	size_t n = strlen(name);

	if (n < 1 || n > 32 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != n ||
	    (name[0] >= '0' && name[0] <= '9') || name[0] == '_')
		return fail("new-workload: '%.40s': a name is 1 to 32 of a-z, 0-9 and _, "
			    "and begins with a letter", name);
	if (workload_find(name))
		return fail("new-workload: there is a workload '%s'", name);
	return 0;
}

static void write_body(FILE *f, const char *name)
{
	for (const char *p = body; *p; p++) {
		if (!strncmp(p, "NAME", 4)) {
			fputs(name, f);
			p += 3;
		} else {
			fputc(*p, f);
		}
	}
}

static enum code new_workload_run(const struct options *o)
{
	const char *name = o->request.path[0];
	char path[80];
	FILE *f;

	if (check(name) < 0)
		return CODE_USAGE;
	snprintf(path, sizeof path, "harness/workloads/%s.c", name);
	f = fopen(path, "wxe");	/* x: never over a file that is there */
	if (!f) {
		fail_errno("%s: run this in the top folder of samework", path);
		return errno == EEXIST ? CODE_USAGE : CODE_INTERNAL;
	}
	write_body(f, name);
	if (fclose(f)) {
		fail_errno("%s", path);
		return CODE_INTERNAL;
	}
	printf("%s\n", path);
	return command_done();
}

const struct command command_new_workload = {
	.name = "new-workload",
	.arguments = "NAME",
	.summary = "Write harness/workloads/NAME.c, a workload to start from.",
	.least = 1,
	.most = 1,
	.run = new_workload_run,
};
