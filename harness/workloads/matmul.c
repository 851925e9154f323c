/*
 * matmul - multiply matrices: A becomes A B, again and again.  Row i of the
 * product needs row i of A alone, so it is done in place, row by row.  Whole
 * numbers modulo 2^32: exact, whatever the order of the additions.
 */
#include "workloads/workload.h"

enum { N };
enum { N_MAX = 128 };
static const struct param params[] = {
	[N] = { "n", 64, 8, N_MAX, "", "rows and columns" },
	{ .name = NULL }
};

struct local {
	uint64_t unit, row;
	uint32_t a[N_MAX * N_MAX], b[N_MAX * N_MAX];	/* n * n of each */
};

static void matmul_fill(uint32_t *m, uint64_t n, uint64_t seed)
{
	for (uint64_t i = 0; i < n * n; i++)
		m[i] = (uint32_t)rng_mix(seed + i);
}

static void matmul_row(uint32_t *a, const uint32_t *b, uint64_t n)
{
	uint32_t row[N_MAX] = { 0 };

	for (uint64_t k = 0; k < n; k++)
		for (uint64_t j = 0; j < n; j++)
			row[j] += a[k] * b[k * n + j];
	for (uint64_t j = 0; j < n; j++)
		a[j] = row[j];
}

static uint64_t matmul_sum(const uint32_t *m, uint64_t n)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n * n; i++)
		sum = sum * 31 + m[i];
	return sum;
}

static struct op matmul_step(struct task *t)
{
	struct local *l = t->local;
	uint64_t n = t->param[N];

	TASK_BEGIN(t);
	matmul_fill(l->a, n, task_random(t, 0, 0));
	matmul_fill(l->b, n, task_random(t, 0, 1));
	for (; l->unit < t->units; l->unit++) {
		for (l->row = 0; l->row < n; l->row++) {
			matmul_row(l->a + l->row * n, l->b, n);
			if (task_tick(t))
				TASK_AWAIT(t, op_yield());
		}
		TASK_AWAIT(t, op_units(1));
	}
	t->result = matmul_sum(l->a, n);
	TASK_END(t);
}

const struct workload workload_matmul = {
	.name = "matmul",
	.summary = "products of matrices",
	.unit = "product",
	.bound = BOUND_CPU,
	.params = params,
	.local_bytes = sizeof(struct local),
	.step = matmul_step,
};
