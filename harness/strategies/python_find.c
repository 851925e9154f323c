/* Which interpreters there are.  Nothing is executed to find out: a name says
 * what version it is, and what does not say is asked when it is tried. */
#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "strategies/python.h"

/* Those found so far. */
struct finds {
	struct interpreter *found;
	size_t n, max;
};

unsigned python_version_of(const char *path)
{
	const char *name = strrchr(path, '/');
	unsigned major, minor;

	if (sscanf(name ? name + 1 : path, "python%1u.%2u", &major, &minor) != 2)
		return 0;
	return major * 1000 + minor;
}

/* One more, if it is an interpreter and not there yet under another name. */
static void find(struct finds *f, const char *path)
{
	struct interpreter *x = &f->found[f->n];
	struct stat st;
	char *real;

	if (f->n == f->max || access(path, X_OK) || stat(path, &st) || !S_ISREG(st.st_mode))
		return;
	real = realpath(path, NULL);
	if (!real || strlen(path) >= sizeof x->path)
		goto out;
	x->version = python_version_of(real);
	for (size_t i = 0; i < f->n; i++) {
		char *other = realpath(f->found[i].path, NULL);
		bool same = other && !strcmp(other, real);

		free(other);
		if (same)
			goto out;
	}
	strcpy(x->path, path);
	f->n++;
out:
	free(real);
}

static void find_all(struct finds *f, const char *folder, const char *pattern)
{
	char path[600];
	glob_t g;

	snprintf(path, sizeof path, "%s/%s", folder, pattern);
	if (!glob(path, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			find(f, g.gl_pathv[i]);
		globfree(&g);
	}
}

static void find_in(struct finds *f, const char *folder)
{
	static const char *const names[] = {
		"python3", "python3.[0-9]", "python3.[0-9][0-9]",
		"python3.[0-9][0-9]t", "python2.7", "python",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		find_all(f, folder, names[i]);
}

/* Each part of @list, which colons divide: a folder of them, or one. */
static void find_listed(struct finds *f, const char *list)
{
	char *copy = strdup(list ? list : ""), *rest = copy, *part, bin[512];
	struct stat st;

	while ((part = strsep(&rest, ":"))) {
		if (!*part)
			continue;
		if (!stat(part, &st) && S_ISDIR(st.st_mode)) {
			find_in(f, part);
			snprintf(bin, sizeof bin, "%s/bin", part);
			find_in(f, bin);
		} else {
			find(f, part);
		}
	}
	free(copy);
}

size_t python_list(struct interpreter *found, size_t max)
{
	struct finds f = { found, 0, max };
	const char *root = getenv("PYENV_ROOT");
	const struct passwd *me = getpwuid(getuid());

	find_listed(&f, getenv("PYTHONS"));
	find_listed(&f, getenv("PATH"));
	if (root)
		find_all(&f, root, "versions/*/bin/python");
	else if (me)		/* a trial has no HOME */
		find_all(&f, me->pw_dir, ".pyenv/versions/*/bin/python");
	return f.n;
}

int python_script(const char *name, char *path, size_t n)
{
	static const char *const from_program[] = { "/..", "/../share/samework" };
	const char *told = getenv("SAMEWORK_SCRIPTS");
	char program[512];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

	snprintf(path, n, "%s/cpython/%s", told ? told : "scripts", name);
	if (told || !access(path, R_OK))
		return access(path, R_OK);
	program[length > 0 ? length : 0] = '\0';
	for (size_t i = 0; strrchr(program, '/') && i < 2; i++) {
		snprintf(path, n, "%.*s%s/scripts/cpython/%s",
			 (int)(strrchr(program, '/') - program), program, from_program[i], name);
		if (!access(path, R_OK))
			return 0;
	}
	return -1;
}
