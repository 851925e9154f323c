#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "commands/command.h"

/* One table: parsing and help come from it. */
static const struct {
	const char *name, *value, *help;
	unsigned group;
	char key;
} table[] = {
	{ "profile", "NAME", "smoke, quick, default or full", OPTION_PROFILE, 'p' },
	{ "workloads", "LIST", "only these, comma-separated", OPTION_FILTER, 'w' },
	{ "strategies", "LIST", "only these", OPTION_FILTER, 's' },
	{ "workers", "LIST", "only these numbers", OPTION_FILTER, 'n' },
	{ "out", "DIR", "folder to make (default: results/<run-id>)", OPTION_OUT, 'o' },
	{ "seed", "N", "of the order and the data (default: the clock)", OPTION_SEED, 'r' },
	{ "strict", NULL, "exit 4 when a claim fails, or a cell got slower", OPTION_STRICT, 'S' },
	{ "json", NULL, "one JSON document", OPTION_JSON, 'j' },
	{ "all", NULL, "every trial, one a line", OPTION_ALL, 'a' },
};
enum { OPTIONS = sizeof table / sizeof *table };

void options_help(const struct command *c, FILE *out)
{
	fprintf(out, "usage: samework %s %s\n%s\n", c->name, c->arguments, c->summary);
	for (int i = 0; i < OPTIONS; i++)
		if (c->takes & table[i].group)
			fprintf(out, "  --%s%s%s\t%s\n", table[i].name, table[i].value ? "=" : "",
				table[i].value ? table[i].value : "", table[i].help);
}

static int set(struct options *o, char key, const char *value)
{
	struct request *r = &o->request;

	switch (key) {
	case 'p':
		r->profile = profile_find(value);
		return r->profile ? 0 : fail("--profile: no profile '%s'; there are: smoke, "
					     "quick, default, full", value);
	case 'w':
		r->filter.workloads = value;
		return 0;
	case 's':
		r->filter.strategies = value;
		return 0;
	case 'n':
		r->filter.workers = value;
		return 0;
	case 'o':
		r->out = value;
		return *value ? 0 : fail("--out: the name of a folder is missing");
	case 'r':
		if (num_parse(value, &r->seed) < 0 || !r->seed || r->seed > UINT32_MAX)
			return fail("--seed: '%s' is not a number from 1 to 4294967295", value);
		return 0;
	case 'S':
		o->strict = true;
		return 0;
	case 'j':
		o->json = true;
		return 0;
	default:
		o->all = true;
		return 0;
	}
}

static int count_arguments(const struct command *c, size_t n)
{
	if (n >= c->least && n <= c->most)
		return 0;
	return fail("usage: samework %s %s", c->name, c->arguments);
}

int options_parse(struct options *o, const struct command *c, int argc, char **argv)
{
	struct option name[OPTIONS + 2] = { 0 };
	int n = 0, key;

	*o = (struct options){ .request = { .profile = profile_find("default"),
					    .plots = data_folder("plots") } };
	for (int i = 0; i < OPTIONS; i++)
		if (c->takes & table[i].group)
			name[n++] = (struct option){ table[i].name,
				table[i].value ? required_argument : no_argument,
				NULL, table[i].key };
	name[n] = (struct option){ "help", no_argument, NULL, 'h' };
	opterr = 0;
	while ((key = getopt_long(argc, argv, ":h", name, NULL)) != -1) {
		if (key == 'h') {
			options_help(c, stdout);
			return 1;
		}
		if (key == '?' || key == ':')
			return fail("%s: %s '%s'; see: samework help %s", c->name,
				    key == ':' ? "a value is missing after" : "unknown option",
				    argv[optind - 1], c->name);
		if (set(o, (char)key, optarg) < 0)
			return -1;
	}
	o->request.path = (const char **)(argv + optind);
	o->request.paths = (size_t)(argc - optind);
	return count_arguments(c, o->request.paths);
}
