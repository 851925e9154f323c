/* What a lane reports, line by line.  Nothing of it is believed unseen: a number
 * too few, a worker too many or a time before the start ends the trial. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "strategies/python.h"

/* Read up to @n whole numbers; how many there were, or -1: something else. */
static int numbers(char **text, uint64_t *out, int n)
{
	int k = 0;

	for (; k < n && **text; k++) {
		char *end;

		if (**text < '0' || **text > '9')
			return -1;
		out[k] = strtoull(*text, &end, 10);
		*text = end + (*end == ' ');
	}
	return k;
}

static int nonsense(struct pass *p, const char *what)
{
	return trouble_set(p->trouble, STATUS_NO_RESULT, "the interpreter said: %.60s", what);
}

/* The slot of the stream that the line begins with, or NULL. */
static struct slot *slot_of(struct pass *p, unsigned streams, char **text)
{
	uint64_t w;

	return numbers(text, &w, 1) == 1 && w < streams ? &p->slot[w] : NULL;
}

static int worker(struct pass *p, unsigned streams, char *text)
{
	struct slot *s = slot_of(p, streams, &text);
	uint64_t v[9];

	if (!s || s->end_ns || numbers(&text, v, 9) != 9 || *text ||
	    v[0] < p->gate->start_ns || v[1] < v[0] || v[1] > clock_ns())
		return nonsense(p, "a worker that cannot be");
	s->begin_ns = v[0];
	s->end_ns = v[1];
	s->tasks = v[2];
	s->units = v[3];
	s->checksum = v[4];
	s->user_ns = v[5];
	s->sys_ns = v[6];
	s->voluntary = v[7];
	s->involuntary = v[8];
	return 0;
}

static int latency(struct pass *p, unsigned streams, char *text)
{
	struct slot *s = slot_of(p, streams, &text);
	uint64_t ns;

	if (!s)
		return nonsense(p, "latency of nobody");
	while (*text) {
		if (numbers(&text, &ns, 1) != 1)
			return nonsense(p, text);
		hist_add(&s->latency, ns);
	}
	return 0;
}

/* Words of the shared state, one interpreter's share of each. */
static int state(struct pass *p, unsigned streams, char *text)
{
	uint64_t *word = p->shared, v;
	size_t n = p->run->workload->shared_bytes / sizeof *word;

	(void)streams;
	for (size_t i = 0; *text; i++) {
		if (numbers(&text, &v, 1) != 1)
			return nonsense(p, text);
		if (i < n)
			word[i] += v;
	}
	return 0;
}

static int failed(struct pass *p, unsigned streams, char *text)
{
	char *name = strsep(&text, " ");
	enum status s = status_find(name);

	(void)streams;
	if (s == STATUS_COUNT || status_measured(s) || !text)
		return nonsense(p, name);
	return trouble_set(p->trouble, s, "%.120s", text);
}

static int done(struct pass *p, unsigned streams, char *text)
{
	(void)p, (void)streams, (void)text;
	return 1;
}

int python_reply(struct pass *p, unsigned streams, char *line)
{
	static const struct {
		const char *word;
		int (*file)(struct pass *p, unsigned streams, char *text);
	} replies[] = {
		{ "worker", worker }, { "latency", latency }, { "state", state },
		{ "fail", failed }, { "done", done },
	};
	char *text = line + strcspn(line, " "), *rest = text + (*text == ' ');

	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
		if (strlen(replies[i].word) == (size_t)(text - line) &&
		    !strncmp(line, replies[i].word, (size_t)(text - line)))
			return replies[i].file(p, streams, rest);
	return nonsense(p, line);
}
