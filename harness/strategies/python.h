/*
 * python.h - the same tasks, run by a CPython: what the models are held against.
 *
 * A lane is a script in scripts/cpython.  The strategy executes an interpreter
 * with it, tells it the job, lets it start its workers, gives the start time,
 * and fills the slots with what the workers report.  The interpreter is started
 * anew for each pass; what that takes is the counter boot_ns, so that spawn_ns
 * is what it is for all others, the start of the workers.
 */
#ifndef STRATEGIES_PYTHON_H
#define STRATEGIES_PYTHON_H

#include <stdio.h>

#include "strategies/strategy.h"

/* --- python_find.c --- */

/* An interpreter that may do. */
struct interpreter {
	char path[512];
	unsigned version;	/* as its name says: 3011 for 3.11; 0: it does not */
};

/* 2007 for python2.7, 3013 for .../python3.13t; 0 for anything else. */
unsigned python_version_of(const char *path);

/* Fill @found, of @max, with those named in PYTHONS (interpreters and folders,
 * divided by colons), on PATH, and under pyenv, in that order, each once.
 * Returns how many. */
size_t python_list(struct interpreter *found, size_t max);

/* The path of script @name into @path; 0, or -1 when it is not there.  Folders
 * tried: SAMEWORK_SCRIPTS, scripts here, beside the build, where installed. */
int python_script(const char *name, char *path, size_t n);

/* --- python_talk.c: lines to and from a child --- */

struct talk {
	pid_t pid;
	int fd;			/* our end of its stdin and stdout */
	FILE *in;
	char *line;		/* the last one read */
	size_t room;
};

/* Execute @python with @script; the channels of @r stay open in it, and its timers
 * may be @slack_ns late.  0 or -1. */
int talk_open(struct talk *t, const char *python, const char *script, const struct run *r,
	      uint64_t slack_ns);

/* The next line, without its end, or NULL: no more will come, or none did within
 * @ms (-1: whenever). */
char *talk_hear(struct talk *t, int ms);

/* 0, or -1: it is gone. */
int talk_say(struct talk *t, const char *text);

/* Hang up, wait, end what does not end by itself.  Its status, as of waitpid. */
int talk_close(struct talk *t);

/* --- python_reply.c --- */

/* What one line says, filed where it belongs.  1: that was all; 0: go on; -1
 * with trouble set. */
int python_reply(struct pass *p, unsigned streams, char *line);

/* --- python.c --- */

struct lane {
	const char *script;	/* "threads.py" */
	unsigned least;		/* version it needs, as above */
	bool loop;		/* one stream, whatever W is */
};

/* The parameters that every lane begins with. */
enum { PYTHON, BUILD, INTERVAL, TICKS, SLACK, PYTHON_OPTIONS };
enum { BUILD_ANY, BUILD_GIL, BUILD_FREE };
#define PYTHON_PARAMS							\
	[PYTHON] = { "python", 0, 0, 3999, "",				\
		     "2007 for 2.7, 3013 for 3.13; 0: the first python3 found" },	\
	[BUILD] = { "build", BUILD_ANY, 0, 2, "any|gil|free-threaded", "which build of it" },	\
	[INTERVAL] = { "interval", 0, 0, 10000000000, "ns",		\
		       "sys.setswitchinterval(), 3.2 and later; 0: as it is" },	\
	[TICKS] = { "ticks", 0, 0, 1000000000, "",			\
		    "sys.setcheckinterval(), 2.7; 0: as it is" },		\
	[SLACK] = { "slack", 1, 1, 1000000000, "ns",				\
		    "how much later the kernel may end a wait or a sleep; 50us: as it is" }

/* "boot_ns": from executing the interpreter to its first word. */
extern const char *const python_counters[];

/* Run the pass in @lane; @spawn: processes are spawned, not forked. */
int python_run(struct pass *p, const struct lane *lane, bool spawn);

#endif
