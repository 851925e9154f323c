/*
 * Which hierarchy: a line "ID:cpu,cpuacct:PATH" of /proc/self/cgroup is v1, the
 * line "0::PATH" is v2; a controller that no v1 line names belongs to v2.
 * Where it is mounted: /proc/self/mountinfo, see proc(5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/cgroup.h"

enum { PATH_LEN = 2048 };

/* True when @word is one of the words of @list, which commas separate. */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = list; *s; s += *s == ',') {
		size_t len = strcspn(s, ",");

		if (len == n && !memcmp(s, word, n))
			return true;
		s += len;
	}
	return false;
}

static FILE *open_proc(const char *root, const char *name)
{
	char path[PATH_LEN];
	int n = snprintf(path, sizeof path, "%s/proc/self/%s", root, name);

	return n > 0 && n < PATH_LEN ? fopen(path, "re") : NULL;
}

/* Our path in the hierarchy of @controller; *@v2 says in which. */
static bool find_path(const char *root, const char *controller, char *path, bool *v2)
{
	FILE *f = open_proc(root, "cgroup");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (f && (!found || *v2) && getline(&line, &room, f) > 0) {
		char *list = strchr(line, ':'), *at = list ? strchr(list + 1, ':') : NULL;

		if (!at)
			continue;
		*at++ = 0;
		list++;
		if (*list && !has_word(list, controller))
			continue;
		at[strcspn(at, "\n")] = 0;
		found = snprintf(path, PATH_LEN, "%s", at) < PATH_LEN;
		*v2 = !*list;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

/* mountinfo writes blanks and backslashes as \040 and \134. */
static void unescape(char *s)
{
	char *to = s;
	unsigned c;
	int used;

	for (; *s; to++) {
		if (sscanf(s, "\\%3o%n", &c, &used) == 1 && used == 4) {
			*to = (char)c;
			s += used;
		} else {
			*to = *s++;
		}
	}
	*to = 0;
}

/* Take apart one line; true when it mounts the hierarchy looked for. */
static bool match_mount(char *line, const char *controller, bool v2, char *top, char *point)
{
	char type[64], options[1024];
	char *rest = strstr(line, " - ");

	if (!rest || sscanf(line, "%*d %*d %*s %2047s %2047s", top, point) != 2 ||
	    sscanf(rest, " - %63s %*s %1023s", type, options) != 2)
		return false;
	unescape(top);
	unescape(point);
	return v2 ? !strcmp(type, "cgroup2") :
		!strcmp(type, "cgroup") && has_word(options, controller);
}

/* Where the hierarchy is mounted (@point), and which of its groups (@top). */
static bool find_mount(const char *root, const char *controller, bool v2,
		       char *top, char *point)
{
	FILE *f = open_proc(root, "mountinfo");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (f && !found && getline(&line, &room, f) > 0)
		found = match_mount(line, controller, v2, top, point);
	free(line);
	if (f)
		fclose(f);
	return found;
}

/* @path as seen below a mount of group @top.  A group outside of the mount, as
 * in some containers, cannot be seen: the mount itself is the nearest. */
static const char *below(const char *path, const char *top)
{
	size_t n = strcmp(top, "/") ? strlen(top) : 0;

	if (strncmp(path, top, n) || (path[n] && path[n] != '/') ||
	    strstr(path, "/..") || !strcmp(path + n, "/"))
		return "";
	return path + n;
}

bool cgroup_find(struct cgroup *c, const char *root, const char *controller)
{
	char path[PATH_LEN], top[PATH_LEN], point[PATH_LEN];
	int n;

	if (!find_path(root, controller, path, &c->v2) ||
	    !find_mount(root, controller, c->v2, top, point))
		return false;
	n = snprintf(c->dir, sizeof c->dir, "%s%s", root, point);
	if (n < 0 || (size_t)n >= sizeof c->dir)
		return false;
	c->top = (size_t)n;
	n = snprintf(c->dir + c->top, sizeof c->dir - c->top, "%s", below(path, top));
	return n >= 0 && (size_t)n < sizeof c->dir - c->top;
}

bool cgroup_parent(struct cgroup *c)
{
	char *last;

	if (!c->dir[c->top])
		return false;
	last = strrchr(c->dir, '/');
	*last = 0;
	return true;
}
