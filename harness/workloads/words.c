/*
 * words.c - what futex and its server share: a question and an answer in memory
 * with a descriptor, so that whoever inherits that can find them.
 *
 * Nobody hangs up on who sleeps on a word.  When the server dies the trial is
 * told by SIGCHLD, and gives up for everybody: who sleeps is woken, and who is
 * about to sees that the words are lost.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/futex.h"
#include "workloads/server.h"

enum { STACK_BYTES = 1 << 18 };

int words_new(void)
{
	int fd = memfd_create("words", MFD_CLOEXEC), err;

	if (fd < 0 || !ftruncate(fd, sizeof(struct words)))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

struct words *words_map(int fd)
{
	void *at = mmap(NULL, sizeof(struct words), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_POPULATE, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

void words_unmap(struct words *w)
{
	if (w)
		munmap(w, sizeof *w);
}

/* --- the server's thread --- */

static void *answer_all(void *words)
{
	struct words *w = words;
	uint32_t done = 0, question;

	for (;;) {
		while ((question = atomic_load_explicit(&w->question, memory_order_acquire)) ==
		       done)
			futex_wait(&w->question, done);
		done = question;
		/* release: it is there when who sleeps on it is woken */
		atomic_store_explicit(&w->answer, words_answer(done), memory_order_release);
		futex_wake(&w->answer, 1);
	}
	return NULL;
}

int words_serve(int fd)
{
	struct words *w = words_map(fd);
	pthread_attr_t attr;
	pthread_t id;

	if (!w)
		return -1;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	errno = pthread_create(&id, &attr, answer_all, w);
	pthread_attr_destroy(&attr);
	return errno ? -1 : 0;
}

/* --- the trial, when the server has died --- */

static struct {
	pid_t server;
	unsigned n;
	struct words **words;	/* [n] */
} watched;

static void on_child(int sig)
{
	siginfo_t child = { .si_pid = 0 };
	int err = errno;

	(void)sig;	/* of whom it tells, some other may have hidden */
	if (!waitid(P_PID, (id_t)watched.server, &child, WEXITED | WNOHANG | WNOWAIT) &&
	    child.si_pid)
		for (unsigned i = 0; i < watched.n; i++) {
			struct words *w = watched.words[i];

			/* once: twice would be the old answer again */
			if (!atomic_exchange(&w->lost, 1))
				atomic_fetch_xor(&w->answer, UINT32_MAX);
			futex_wake(&w->answer, 1);
		}
	errno = err;
}

static void unwatch(void)
{
	signal(SIGCHLD, SIG_DFL);
	for (unsigned i = 0; i < watched.n; i++)
		words_unmap(watched.words[i]);
	free(watched.words);
	watched.words = NULL;
	watched.n = 0;
}

int words_watch(struct run *r)
{
	const struct sigaction act = { .sa_handler = on_child, .sa_flags = SA_RESTART };

	unwatch();
	watched.server = r->server;
	watched.words = calloc(r->workers, sizeof *watched.words);
	for (; watched.words && watched.n < r->workers; watched.n++) {
		watched.words[watched.n] = words_map(r->channel[watched.n].in);
		if (!watched.words[watched.n])
			break;
	}
	if (watched.n < r->workers)
		return run_fail(r, STATUS_ALLOC_FAIL, "words of %u workers: %s", r->workers,
				strerror(errno));
	sigaction(SIGCHLD, &act, NULL);
	raise(SIGCHLD);		/* it may have died meanwhile */
	return 0;
}
