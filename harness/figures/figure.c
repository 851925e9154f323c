/*
 * figure.c - gnuplot, run as a program that could go wrong: no shell, no start-up
 * file, a clean environment, a deadline, and output that counts only when the
 * exit status is 0 and every file has something in it.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "figures/figure.h"

static const uint64_t DEADLINE_NS = 60000000000;
static const char *const formats[] = { "svg", "pdf", "png" };
enum { FORMATS = sizeof formats / sizeof *formats };

const char *figure_data(const struct drawing *d, const char *name)
{
	return arena_printf(d->arena, "%s/figures/%s.csv", d->dir, name);
}

/* Where column @c is; past the end for a number that older runs do not have. */
static int place(const struct csv *csv, const struct column *c)
{
	size_t i = 0;

	while (i < csv->columns && strcmp(csv->column[i], c->name))
		i++;
	return c->kind == FIELD_TEXT ? csv_column(csv, c->name) : (int)i;
}

/* The columns of @c, by name, as a table with just these. */
static int select_columns(struct csv *csv, const struct column *c, struct arena *a)
{
	size_t n = 0;
	int *at;

	while (c[n].name)
		n++;
	at = arena_alloc(a, n * sizeof *at);
	for (size_t k = 0; k < n; k++)
		if ((at[k] = place(csv, &c[k])) < 0)
			return -1;
	for (size_t i = 0; i < csv->rows; i++) {
		char **row = arena_alloc(a, n * sizeof *row);

		for (size_t k = 0; k < n; k++)
			row[k] = (size_t)at[k] < csv->columns ? csv->row[i][at[k]] :
				arena_strdup(a, "");
		csv->row[i] = row;
	}
	return 0;
}

void *figure_rows(const struct drawing *d, const char *file, const struct column *c,
		  size_t size, size_t *n)
{
	const char *path = arena_printf(d->arena, "%s/%s", d->dir, file);
	struct csv csv;
	char *rows;

	if (csv_read(&csv, path, d->arena) < 0 || select_columns(&csv, c, d->arena) < 0)
		return NULL;
	rows = arena_alloc(d->arena, csv.rows * size);
	for (size_t i = 0; i < csv.rows; i++)
		if (table_read(&csv, i, c, rows + i * size) < 0)
			return NULL;
	*n = csv.rows;
	return rows;
}

static int start(pid_t *pid, const char *plots, char **argv)
{
	char *env[] = { "HOME=/nonexistent", "LC_ALL=C.UTF-8", "TZ=UTC",
			"PATH=/usr/bin:/bin", NULL };
	posix_spawn_file_actions_t act;
	int err = posix_spawn_file_actions_init(&act);

	if (err)
		return err;
	err = posix_spawn_file_actions_addchdir_np(&act, plots);
	if (!err)
		err = posix_spawn_file_actions_addopen(&act, 0, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(&act, 1, "/dev/null", O_WRONLY, 0);
	if (!err)
		err = posix_spawnp(pid, argv[0], &act, NULL, argv, env);
	posix_spawn_file_actions_destroy(&act);
	return err;
}

/* 0 when it exited with 0 in time. */
static int finish(pid_t pid, const char *name)
{
	uint64_t deadline = clock_ns() + DEADLINE_NS;
	struct timespec nap = { .tv_nsec = 2000000 };
	int status;
	pid_t got;

	while (!(got = waitpid(pid, &status, WNOHANG)) && clock_ns() < deadline)
		nanosleep(&nap, NULL);
	if (!got) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return fail("figure %s: gnuplot took over 60 s and was stopped", name);
	}
	if (got < 0)
		return fail_errno("figure %s: waiting for gnuplot", name);
	if (WIFSIGNALED(status))
		return fail("figure %s: gnuplot died of signal %d", name, WTERMSIG(status));
	return WEXITSTATUS(status) ?
		fail("figure %s: gnuplot ended with %d", name, WEXITSTATUS(status)) : 0;
}

/* A PDF has the time of its making in it, and gnuplot 5.4 heeds no
 * SOURCE_DATE_EPOCH there: put in a date that is always the same. */
static void undate(char *pdf, size_t size)
{
	static const char key[] = "/CreationDate (D:", date[] = "20200101000000";
	char *at = memmem(pdf, size, key, sizeof key - 1);

	if (at && at + sizeof key + sizeof date <= pdf + size)
		memcpy(at + sizeof key - 1, date, sizeof date - 1);
}

/* Finish one file of gnuplot's: 0, or -1 silently when it is not there. */
static int seal(const char *path, bool pdf)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	char *p = MAP_FAILED;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && st.st_size)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return -1;
	if (pdf)
		undate(p, (size_t)st.st_size);
	munmap(p, (size_t)st.st_size);
	return 0;
}

/* TMP.svg becomes NAME.svg, and so on; all are there or none is taken. */
static int take(const struct drawing *d, const char *tmp, const char *name)
{
	const char *from[FORMATS];
	int rc = 0;

	for (int i = 0; i < FORMATS; i++) {
		from[i] = arena_printf(d->arena, "%s.%s", tmp, formats[i]);
		if (!rc && seal(from[i], !strcmp(formats[i], "pdf")) < 0)
			rc = fail("figure %s: gnuplot wrote no %s", name, formats[i]);
	}
	for (int i = 0; i < FORMATS; i++) {
		const char *to = arena_printf(d->arena, "%s/figures/%s.%s", d->dir,
					      name, formats[i]);

		if (!rc && rename(from[i], to) < 0)
			rc = fail_errno("renaming %s", from[i]);
	}
	return rc;
}

static void tidy(const struct drawing *d, const char *tmp)
{
	for (int i = 0; i < FORMATS; i++)
		unlink(arena_printf(d->arena, "%s.%s", tmp, formats[i]));
}

static int missing(const struct drawing *d)
{
	fail("no figures: gnuplot is not installed (Debian package gnuplot-nox); "
	     "install it, then draw with: samework plot %s", d->dir);
	return 1;
}

int figure_draw(const struct drawing *d, const struct figure *f)
{
	char *tmp = arena_printf(d->arena, "%s/figures/%s.tmp", d->dir, f->name);
	char *script = arena_printf(d->arena, "./%s.gp", f->script);
	const char *data = figure_data(d, f->name);
	const char *argv[] = { "gnuplot", "-d", "-c", script, data, tmp, f->series,
			       f->panels, f->tics, f->shape, f->title, f->footer, NULL };
	pid_t pid;
	int rc;

	rc = start(&pid, d->plots, (char **)argv);
	if (rc == ENOENT)
		return missing(d);
	if (rc)
		return fail("figure %s: gnuplot: %s", f->name, strerror(rc));
	rc = finish(pid, f->name);
	if (!rc)
		rc = take(d, tmp, f->name);
	if (rc)
		tidy(d, tmp);
	return rc;
}
