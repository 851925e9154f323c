/* The computing workloads against the plainest way to get the same number. */
#include "workloads/drive.h"

extern const struct workload workload_squares, workload_primes, workload_matmul;

/* The result of task 5, of 4 units, with parameter 0 at @value. */
static uint64_t result(const struct workload *w, uint64_t value)
{
	struct drive d;

	drive_init(&d, w, 1);
	drive_set(&d, w->params[0].name, value);
	assert_int_equal(drive_open(&d), 0);
	assert_int_equal(drive_run(&d, 5, 0), 0);
	drive_close(&d);
	return d.sum;
}

static uint64_t pyramid(uint64_t n)	/* 1 + 4 + ... + n * n */
{
	return n * (n + 1) * (2 * n + 1) / 6;
}

static void squares_has_a_closed_form(void **state)
{
	(void)state;
	assert_int_equal(result(&workload_squares, 100),
			 4 * (pyramid(5 + 99) - pyramid(4)));
	assert_int_equal(result(&workload_squares, 20000),
			 4 * (pyramid(5 + 19999) - pyramid(4)));
}

/* 10007 .. 10013; task 5 begins at the second.  A prime is given up at the
 * first odd number beyond its root. */
static void primes_are_told_from_others(void **state)
{
	static const uint32_t number[] = { 10009, 10011, 10013, 10007 };
	static const uint32_t divisor[] = { 101, 3, 17, 101 };
	uint64_t sum = 0;

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		sum = rng_mix(sum ^ number[i]) + divisor[i];
	assert_int_equal(result(&workload_primes, 10007), rng_mix(sum ^ 5));
}

static void multiply(uint32_t a[8][8], uint32_t b[8][8])
{
	uint32_t c[8][8] = { { 0 } };

	for (unsigned i = 0; i < 8; i++)
		for (unsigned j = 0; j < 8; j++)
			for (unsigned k = 0; k < 8; k++)
				c[i][j] += a[i][k] * b[k][j];
	memcpy(a, c, sizeof c);
}

static void matmul_multiplies(void **state)
{
	struct task t = { .index = 5, .seed = 1 };
	uint64_t left = task_random(&t, 0, 0), right = task_random(&t, 0, 1);
	uint32_t a[8][8], b[8][8];
	uint64_t sum = 0;

	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		a[i / 8][i % 8] = (uint32_t)rng_mix(left + i);
		b[i / 8][i % 8] = (uint32_t)rng_mix(right + i);
	}
	for (unsigned unit = 0; unit < 4; unit++)
		multiply(a, b);
	for (unsigned i = 0; i < 64; i++)
		sum = sum * 31 + a[i / 8][i % 8];
	assert_int_equal(result(&workload_matmul, 8), sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(squares_has_a_closed_form),
		cmocka_unit_test(primes_are_told_from_others),
		cmocka_unit_test(matmul_multiplies),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
