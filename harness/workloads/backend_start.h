/*
 * backend_start.h - between backend.c, which decides where a real server listens
 * and when it is ready, and backend_start.c, which executes it.  Floor 1; nobody
 * else includes this.
 */
#ifndef WORKLOADS_BACKEND_START_H
#define WORKLOADS_BACKEND_START_H

#include <signal.h>
#include <sys/socket.h>

#include "workloads/backend.h"

enum { ARGUMENTS_MAX = 32 };

struct start {
	struct run *run;
	const struct backend *backend;
	enum backend_how how;
	unsigned places;		/* connections that there may be */
	sigset_t mask;			/* of signals, for the server */
	struct sockaddr_storage address;
	socklen_t length;
	char port[8], name[128];	/* of the address */
	char folder[108];		/* that the socket is in, or "" */
	int file, config, scratch, log;	/* memory, or -1 */
	char *argv[ARGUMENTS_MAX + 1];
	char said[80];			/* its last words */
};

/* A file in memory with @n bytes at @bytes.  The descriptor, or -1 with errno. */
int start_file(const char *name, const void *bytes, size_t n);

/* Write its configuration and its arguments.  0, or -1 having recorded why. */
int start_prepare(struct start *s);

/* Execute it as s->run->server.  0, or -1 having recorded why. */
int start_server(struct start *s);

/* Put the last line of its log into s->said. */
void start_listen(struct start *s);

void start_release(struct start *s);

#endif
