/*
 * backend.h - real servers (nginx, Redis, memcached), executed for one trial.
 * Floor 1; for the workloads that are their clients.
 *
 * A real server is a process of its own, in a process group of its own, pinned to
 * r->server_cpu, that listens on loopback or on a Unix socket only, and is ready
 * when it has told us, in its own protocol, its version and our child's pid: so
 * nobody else's server, on a port that was free a moment ago, is taken for it.
 *
 * It has no folder, because a folder could be left behind: its configuration, its
 * log and its data are memory, reached as /proc/self/fd/N, and vanish with it.  A
 * Unix socket needs a name, in a new folder in TMPDIR or /tmp, which is removed
 * as soon as everybody is connected; until then the trial holds back the signals
 * that ask it to stop.  It dies with the trial (PR_SET_PDEATHSIG).  At the end
 * the harness stops it: TERM, then KILL.
 */
#ifndef WORKLOADS_BACKEND_H
#define WORKLOADS_BACKEND_H

#include "workloads/workload.h"

enum backend_how { BACKEND_TCP, BACKEND_LOCAL };

struct backend {
	const char *program;	/* found in PATH, or where Debian has servers */
	const char *package;	/* of Debian, that has it */

	/* Its arguments, from its name on, ended by NULL, for either way to
	 * reach it; and its configuration, or NULL.  In them stand for what is
	 * only known at its start: @port; @address, of the socket (or
	 * 127.0.0.1:port); @places, connections that there may be; @config,
	 * @file, @void, paths of the configuration, of @bytes below, and of
	 * something that may be written to. */
	const char *const *tcp, *const *local;
	const char *config;

	/* A request, and what stands in its reply before the server's pid and
	 * before its version. */
	const char *ping, *pid, *version;
};

/* Start @b, and connect to it once per worker, into r->channel; @file of @bytes
 * is what it is to serve, or NULL.  Fills in r->server and r->server_name.
 * 0, or -1 having recorded why. */
int run_backend(struct run *r, const struct backend *b, enum backend_how how,
		const void *file, size_t bytes);

/* NULL, or why it cannot be started here: what to install. */
const char *backend_missing(const struct backend *b);

/* Of backend_text.c, for backend.c. */

/* What stands for what. */
struct word {
	const char *name, *value;	/* "@port", "8080"; name NULL ends a list */
};

/* @text with the words replaced, to be freed; NULL: no memory. */
char *words_expand(const char *text, const struct word *w);

/* What follows @mark in @text, up to the end of its line, into @out of @n bytes,
 * NUL-ended.  False when @mark is not there, or its line is not whole. */
bool mark_find(const char *text, const char *mark, char *out, size_t n);

#endif
