/*
 * tool.h - a program of somebody else's that does a pass of ours: what the
 * strategies in this folder have in common.  They are registered in the build of
 * `make peers` alone.
 */
#ifndef TESTS_PEERS_TOOL_H
#define TESTS_PEERS_TOOL_H

#include "strategies/strategy.h"

struct tool {
	const char *program, *package;	/* "wrk"; Debian's, that has it */
	bool apart;	/* its threads that do the work pin themselves, and the others
			 * belong to where a server would be */
};

/* Execute @argv, pinned where the caller is unless it is apart, with descriptor @fd
 * (-1: none) open in it under the same number; all that it wrote to stdout, to be
 * freed.  NULL with trouble set, also when it ends with another status than 0. */
char *tool_output(const struct pass *p, const struct tool *t, char *const *argv, int fd);

/* Ask @t by @flag for its version, which @pattern, a scanf format, finds in the answer
 * and stores in TOOL_VERSION bytes; then p->engine is "program-version".  How it ends
 * does not matter: help text often counts as a failure. */
enum { TOOL_VERSION = 16 };
void tool_version(struct pass *p, const struct tool *t, const char *flag, const char *pattern);

/* CPU time of the program that tool_output ran last, ns. */
double tool_cpu_ns(void);

/* How the only stream of a pass goes: begin; then end, when all its units took
 * @ns in all, by the tool's own watch, and @cpu_ns of CPU time; 0: that was ours.
 * 0, or -1 with trouble set, as when @ns is no time. */
int tool_begin(struct pass *p);
int tool_end(struct pass *p, double ns, double cpu_ns);

/* All units of the pass. */
uint64_t tool_units(const struct pass *p);

/* The value of workload parameter @name; 0 when it has none. */
uint64_t tool_param(const struct pass *p, const char *name);

/* The port that our connections go to. */
unsigned tool_port(const struct pass *p);

#endif
