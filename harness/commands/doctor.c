#include <stdio.h>

#include "commands/command.h"
#include "machine/machine.h"

enum { ADVICE_MAX = 64 };

static enum code doctor_run(const struct options *o)
{
	static const char *const label[] = { "ok", "note", "warn" };
	static struct advice a[ADVICE_MAX];
	size_t n = doctor(a, ADVICE_MAX);

	(void)o;
	for (size_t i = 0; i < n; i++) {
		printf("%-4s  %s\n", label[a[i].level], a[i].what);
		if (*a[i].mend)
			printf("      mend: %s\n", a[i].mend);
		if (*a[i].undo)
			printf("      undo: %s\n", a[i].undo);
	}
	return command_done();
}

const struct command command_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = "Say what on this machine disturbs numbers, how to mend it and undo that.",
	.run = doctor_run,
};
