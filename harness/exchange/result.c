#include <string.h>

#include "exchange/result.h"
#include "exchange/tables.h"

int result_read(struct result *r, const char *dir, struct arena *a)
{
	struct sample *rows;
	struct plan plan;
	size_t n;

	*r = (struct result){ .dir = dir };
	if (conditions_read(r, a) < 0 ||
	    tables_plan(&plan, arena_printf(a, "%s/plan.csv", dir), a) < 0 ||
	    tables_samples(arena_printf(a, "%s/samples.csv", dir), &rows, &n, a) < 0)
		return -1;
	return dataset_make(&r->data, &plan, rows, n, a);
}

const char *condition_find(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->conditions; i++)
		if (!strcmp(r->condition[i].name, name))
			return r->condition[i].value;
	return "";
}

size_t result_values(const struct result *r, const struct arm *c, const char *metric,
		     double *x)
{
	return arm_values(&r->data, c, metric_find(metric), x);
}
