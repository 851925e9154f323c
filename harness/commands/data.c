/* Where the program's own files are: in the current folder, beside the build,
 * or where `make install` put them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/command.h"

const char *data_folder(const char *name)
{
	static const char *const from_program[] = { "../", "../share/samework/" };
	static char path[4096 + 64];
	char program[4096];
	ssize_t n;

	if (!access(name, R_OK))
		return name;
	n = readlink("/proc/self/exe", program, sizeof program - 1);
	program[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; strrchr(program, '/') && i < 2; i++) {
		snprintf(path, sizeof path, "%.*s/%s%s", (int)(strrchr(program, '/') - program),
			 program, from_program[i], name);
		if (!access(path, R_OK))
			return path;
	}
	return name;
}
