/* Cells and parameters as text, and the matrix multiplied out. */
#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "pipeline/spec_keys.h"

const char *spec_cell(const char *workload, const char *strategy,
		      const char *placement, unsigned workers, struct arena *a)
{
	return arena_printf(a, "%s/%s/%s/%u", workload, strategy, placement, workers);
}

/* The state cannot be copied and folded together again. */
static bool excluded(const struct workload *w, const struct strategy *s)
{
	return s->private_state && w->shared_bytes && !w->merge;
}

/* Append the cells of one workload, strategy and placement to @cell. */
static size_t add_cells(const struct spec *s, struct cell c, unsigned max_workers,
			struct cell *cell, struct arena *a)
{
	unsigned limit = c.strategy->strategy->max_workers;
	size_t n = 0;

	for (size_t i = 0; i < s->nworkers; i++) {
		size_t k = 0;

		c.workers = s->workers[i] ? s->workers[i] : max_workers;
		if (limit && c.workers > limit)
			c.workers = limit;
		while (k < n && cell[k].workers != c.workers)
			k++;
		if (k < n)
			continue;
		c.name = spec_cell(c.workload->label, c.strategy->label,
				   c.placement, c.workers, a);
		cell[n++] = c;
	}
	return n;
}

struct cell *spec_cells(const struct spec *s, unsigned max_workers, size_t *n,
			struct arena *a)
{
	struct cell *cell = arena_alloc(a, s->workloads * s->strategies *
					s->placements * s->nworkers * sizeof *cell);

	*n = 0;
	for (size_t w = 0; w < s->workloads; w++)
		for (size_t h = 0; h < s->strategies; h++)
			for (size_t p = 0; p < s->placements; p++) {
				struct cell c = { &s->workload[w], &s->strategy[h],
						  s->placement[p], 0, NULL };

				if (!excluded(c.workload->workload, c.strategy->strategy))
					*n += add_cells(s, c, max_workers, cell + *n, a);
			}
	return cell;
}

const char *spec_params(const struct param *p, const uint64_t *value, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < params_count(p); i++)
		text = arena_printf(a, "%s%s%s=%s", text, i ? ";" : "", p[i].name,
				    strchr(p[i].unit, '|') ?
				    value_show(value[i], p[i].unit, a) :
				    arena_printf(a, "%" PRIu64, value[i]));
	return text;
}

/* One "key=value" of @length bytes at @s. */
static int param_parse(const struct param *p, const char *s, size_t length,
		       uint64_t *value)
{
	size_t name = strcspn(s, "=");
	char number[32];

	if (name < length && length - name <= sizeof number) {
		memcpy(number, s + name + 1, length - name - 1);
		number[length - name - 1] = '\0';
		for (size_t i = 0; i < params_count(p); i++)
			if (strlen(p[i].name) == name && !memcmp(p[i].name, s, name) &&
			    !value_parse(number, p[i].min, p[i].max, p[i].unit, &value[i]))
				return 0;
	}
	return fail("parameter '%.*s' is not known or not in its range", (int)length, s);
}

int spec_params_parse(const struct param *p, const char *text, uint64_t *value)
{
	for (size_t i = 0; i < params_count(p); i++)
		value[i] = p[i].value;
	while (*text) {
		size_t length = strcspn(text, ";");

		if (param_parse(p, text, length, value) < 0)
			return -1;
		text += length + (text[length] == ';');
	}
	return 0;
}
