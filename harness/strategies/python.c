/* A pass in a lane: the interpreter that suits, the job, the start, the replies. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "strategies/python.h"

enum {
	FOUND_MAX = 64,
	HELLO_MS = 10000,		/* a cold start from a slow disk */
	WINDOW_NS = 2000000,		/* as the gate's, for an interpreter */
	WINDOW_PER_STREAM_NS = 200000,
};

const char *const python_counters[] = { "boot_ns", NULL };

/* Workloads that scripts/cpython/workloads.py has. */
static const char *const known[] = {
	"null", "countdown", "squares", "primes", "counter", "bytecode", "convoy",
	"sleep", "echo", "delay",
};

static int refuse(struct pass *p, const struct lane *lane)
{
	const char *name = p->run->workload->name;
	uint64_t version = p->option[PYTHON];

	if (version && version < lane->least)
		return trouble_set(p->trouble, STATUS_NOT_APPLICABLE, "%s needs Python %u.%u",
				   lane->script, lane->least / 1000, lane->least % 1000);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i], name))
			return 0;
	return trouble_set(p->trouble, STATUS_NOT_APPLICABLE, "%s has no Python version", name);
}

/* Whether what says hello is what is wanted; its name then, in p->engine.  The
 * first that is only too old or another build leaves its name in @misfit. */
static bool suits(struct pass *p, const struct lane *lane, const char *hello, char *misfit)
{
	uint64_t want = p->option[PYTHON], build = p->option[BUILD];
	char kind[16], name[ENGINE_LEN];
	unsigned version;

	if (!hello || sscanf(hello, "hello %u %15s %31s", &version, kind, name) != 3 ||
	    (want ? version != want : version < 3000))
		return false;
	if (version < lane->least ||
	    (build != BUILD_ANY && (build == BUILD_FREE) != !strcmp(kind, "free-threaded"))) {
		if (!*misfit)
			strcpy(misfit, name);
		return false;
	}
	strcpy(p->engine, name);
	return true;
}

static int none_suits(struct pass *p, const struct lane *lane, const char *misfit)
{
	static const char *const of[] = { "", ", a gil build", ", a free-threaded build" };
	unsigned want = (unsigned)p->option[PYTHON], need = want ? want : lane->least;
	char version[32] = "3", only[ENGINE_LEN + 16] = "";

	if (need > 3000 || want)
		snprintf(version, sizeof version, "%u.%u%s", need / 1000, need % 1000,
			 want ? "" : " or later");
	if (*misfit)
		snprintf(only, sizeof only, " (but %s)", misfit);
	return trouble_set(p->trouble, STATUS_SKIPPED, "no Python %s%s found%s; install "
			   "python3 or say where in PYTHONS", version, of[p->option[BUILD]],
			   only);
}

/* Try one interpreter after another until one suits.  0 or -1. */
static int greet(struct pass *p, const struct lane *lane, struct talk *t)
{
	static struct interpreter found[FOUND_MAX];
	static size_t n;
	uint64_t want = p->option[PYTHON];
	char script[512], misfit[ENGINE_LEN] = "";

	if (python_script(lane->script, script, sizeof script) < 0)
		return trouble_set(p->trouble, STATUS_SKIPPED, "no %s; say where in "
				   "SAMEWORK_SCRIPTS", script);
	if (!n)			/* once a trial */
		n = python_list(found, FOUND_MAX);
	for (const struct interpreter *x = found; x < found + n; x++) {
		uint64_t began = clock_ns();

		if (x->version && (want ? x->version != want : x->version < 3000))
			continue;
		if (talk_open(t, x->path, script, p->run, p->option[SLACK]) < 0)
			return trouble_set(p->trouble, STATUS_SPAWN_FAIL, "%s", x->path);
		if (suits(p, lane, talk_hear(t, HELLO_MS), misfit)) {
			p->slot[0].counter[0] = clock_ns() - began;
			return 0;
		}
		talk_close(t);
	}
	return none_suits(p, lane, misfit);
}

static void print_list(FILE *f, const char *name, const struct pass *p, bool cpus)
{
	fprintf(f, " %s=", name);
	for (unsigned w = 0; w < p->run->workers; w++)
		fprintf(f, "%d:", cpus ? p->cpu[w] : p->run->channel[w].in);
}

/* The job as one line: words "key=value", parameters as "p.key=value".  To be
 * freed; NULL: no memory. */
static char *job(const struct pass *p, bool spawn)
{
	const struct run *r = p->run;
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	fprintf(f, "%s tasks=%" PRIu64 " units=%" PRIu64 " seed=%" PRIu64 " workers=%u",
		r->workload->name, r->tasks, r->units, r->seed, r->workers);
	fprintf(f, " interval=%" PRIu64 " ticks=%" PRIu64 " spawn=%d",
		p->option[INTERVAL], p->option[TICKS], spawn);
	print_list(f, "cpus", p, true);
	print_list(f, "fds", p, false);
	for (size_t i = 0; i < params_count(r->workload->params); i++)
		fprintf(f, " p.%s=%" PRIu64, r->workload->params[i].name, r->param[i]);
	fputc('\n', f);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* All are there: set the start.  @spawned_ns is how long they took. */
static int give_start(struct pass *p, unsigned streams, struct talk *t, uint64_t spawned_ns,
		      uint64_t began_ns)
{
	char text[32];

	/* as if the interpreter had been there all the time */
	p->gate->full_ns = began_ns + spawned_ns;
	p->gate->start_ns = clock_ns() + WINDOW_NS + streams * (uint64_t)WINDOW_PER_STREAM_NS;
	snprintf(text, sizeof text, "%" PRIu64 "\n", p->gate->start_ns);
	return talk_say(t, text);
}

/* From the job to the last reply.  1 when all came; 0 when it stopped short;
 * -1 with trouble set. */
static int converse(struct pass *p, unsigned streams, bool spawn, struct talk *t,
		    uint64_t began_ns)
{
	char *text = job(p, spawn), *line;
	uint64_t spawned_ns;
	int rc;

	if (!text)
		return trouble_set(p->trouble, STATUS_ALLOC_FAIL, "the job of %u workers",
				   p->run->workers);
	rc = talk_say(t, text);
	free(text);
	if (rc < 0 || !(line = talk_hear(t, -1)))
		return 0;
	if (sscanf(line, "ready %" SCNu64, &spawned_ns) != 1)
		return python_reply(p, streams, line) < 0 ? -1 : 0;
	if (give_start(p, streams, t, spawned_ns, began_ns) < 0)
		return 0;
	rc = 0;
	while (!rc && (line = talk_hear(t, -1)))
		rc = python_reply(p, streams, line);
	return rc;
}

/* It stopped short: how did it end? */
static int blame(struct pass *p, int status)
{
	if (WIFSIGNALED(status))
		return trouble_set(p->trouble, STATUS_CRASH, "%s: signal %d (%s)", p->engine,
				   WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		return trouble_set(p->trouble, STATUS_EXIT_CODE, "%s: exit code %d", p->engine,
				   WEXITSTATUS(status));
	return trouble_set(p->trouble, STATUS_NO_RESULT, "%s stopped short", p->engine);
}

int python_run(struct pass *p, const struct lane *lane, bool spawn)
{
	unsigned streams = lane->loop ? 1 : p->run->workers;
	uint64_t began_ns = clock_ns();
	struct talk t;
	int rc, status;

	if (refuse(p, lane) < 0 || greet(p, lane, &t) < 0)
		return -1;
	rc = converse(p, streams, spawn, &t, began_ns);
	status = talk_close(&t);
	if (rc < 0)
		return -1;
	if (!rc || status)
		return blame(p, status);
	for (unsigned w = 0; w < streams; w++)
		worker_seal(&p->slot[w]);
	return 0;
}
