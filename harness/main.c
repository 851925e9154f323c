/* samework: find the command and run it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "commands/command.h"

/* Results must never get descriptor 0, 1 or 2 because those were closed. */
static int occupy_std(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= 2);
	return fd < 0 ? fail_errno("/dev/null") : close(fd);
}

static const char *alias(const char *name)
{
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return "help";
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		return "version";
	return name;
}

/* A variable that is ours by its name and that nobody reads is a typing error. */
static void warn_unknown_variables(void)
{
	static const char *const known[] = {
		"SAMEWORK_LOCK=", "SAMEWORK_SCRIPTS=", "SAMEWORK_BINS=", NULL
	};

	for (char **e = environ; *e; e++) {
		size_t i = 0;

		if (strncmp(*e, "SAMEWORK_", strlen("SAMEWORK_")))
			continue;
		while (known[i] && strncmp(*e, known[i], strlen(known[i])))
			i++;
		if (!known[i])
			warn("environment: %.*s is not known; SAMEWORK_LOCK and SAMEWORK_SCRIPTS are",
			     (int)strcspn(*e, "="), *e);
	}
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? alias(argv[1]) : "help";
	const struct command *c = command_find(name);
	struct options o;
	int rc;

	if (occupy_std() < 0)
		return CODE_INTERNAL;
	warn_unknown_variables();
	if (!c) {
		fail("no command '%s'; see: samework help", name);
		return CODE_USAGE;
	}
	rc = options_parse(&o, c, argc > 1 ? argc - 1 : argc, argc > 1 ? argv + 1 : argv);
	if (rc)
		return rc > 0 ? CODE_OK : CODE_USAGE;
	return (int)c->run(&o);
}
