/* What is compressed can be got back, in one go or by slices, and the lock of an
 * interpreter changes who waits and not what is computed. */
#include "workloads/drive.h"
#include "workloads/lz.h"

extern const struct workload workload_compress;

/* Undo it: how many bytes are in @out then. */
static size_t expand(const struct lz *z, unsigned char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < z->out_n;) {
		unsigned token = z->out[i++];
		size_t length = token < 128 ? token + 1 : token - 128 + LZ_MATCH, back;

		assert_in_range(n + length, 1, z->n);
		if (token < 128) {
			memcpy(out + n, z->out + i, length);
			i += length;
			n += length;
			continue;
		}
		back = (size_t)(z->out[i] | z->out[i + 1] << 8);
		assert_in_range(back, 1, n);
		for (i += 2; length--; n++)
			out[n] = out[n - back];
	}
	return n;
}

/* Fill with letters of an alphabet of @letters. */
static void fill(struct lz *z, size_t n, unsigned letters)
{
	for (size_t i = 0; i < n; i++)
		z->in[i] = (unsigned char)(rng_mix(i) % letters);
}

static void what_goes_in_comes_out(void **state)
{
	static const size_t sizes[] = {
		1, 3, 4, 5, 127, 128, 129, 300, 8192, 65535, 65537, 70000, LZ_MAX
	};
	static const unsigned letters[] = { 1, 2, 4, 256 };
	static struct lz z;
	static unsigned char out[LZ_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes * 4; i++) {
		size_t n = sizes[i / 4];

		fill(&z, n, letters[i % 4]);
		lz_begin(&z, n);
		lz_run(&z, LZ_MAX);
		assert_int_equal(expand(&z, out), n);
		assert_memory_equal(out, z.in, n);
		assert_true(z.out_n <= n + n / 128 + 1);
	}
	fill(&z, LZ_MAX, 1);
	lz_begin(&z, LZ_MAX);
	lz_run(&z, LZ_MAX);
	assert_true(z.out_n < LZ_MAX / 40);
}

/* The same eight bytes at both ends of @n, and between them one byte over and
 * over, which leaves the first four where they were noted. */
static size_t ends_alike(struct lz *z, size_t n)
{
	static const char end[8] = "thread1";
	static unsigned char out[LZ_MAX];

	memset(z->in, 'a', n);
	memcpy(z->in, end, sizeof end);
	memcpy(z->in + n - sizeof end, end, sizeof end);
	lz_begin(z, n);
	lz_run(z, n);
	assert_int_equal(expand(z, out), n);
	assert_memory_equal(out, z->in, n);
	return z->out_n;
}

/* Two bytes tell how far back; what is farther is put out as it is. */
static void no_farther_back_than_can_be_said(void **state)
{
	static struct lz z;
	size_t near, far;

	(void)state;
	near = ends_alike(&z, LZ_REACH + 8);
	far = ends_alike(&z, LZ_REACH + 9);
	assert_int_equal(z.out[far - 9], 8 - 1);	/* eight bytes follow */
	assert_int_equal(far - near, 9 - 3);
	ends_alike(&z, 2 * (LZ_REACH + 1) + 8 + 50);
}

static void slices_make_no_difference(void **state)
{
	static struct lz a, b;

	(void)state;
	fill(&a, 5000, 3);
	b = a;
	lz_begin(&a, 5000);
	lz_begin(&b, 5000);
	lz_run(&a, LZ_MAX);
	for (size_t at = 0; b.at < 5000; at += 7)
		lz_run(&b, at);
	assert_int_equal(a.out_n, b.out_n);
	assert_memory_equal(a.out, b.out, a.out_n);
}

/* What it asks for, and the sum. */
static unsigned asked(uint64_t lock, bool breaker, uint64_t *sum)
{
	struct drive d;

	drive_init(&d, &workload_compress, 1);
	drive_set(&d, "lock", lock);
	atomic_store(&d.breaker.asked, breaker);
	assert_int_equal(drive_open(&d), 0);
	drive_all(&d, false);
	*sum = d.sum;
	drive_close(&d);
	return d.asked;
}

static void the_lock_changes_nothing_but_who_waits(void **state)
{
	unsigned units = 1 << OP_UNIT | 1 << OP_DONE;
	uint64_t released, held, interrupted;

	(void)state;
	assert_int_equal(asked(0, true, &released), units | 1 << OP_COMPUTE);
	assert_int_equal(asked(1, false, &held), units);
	assert_int_equal(asked(1, true, &interrupted), units | 1 << OP_YIELD);
	assert_int_equal(released, held);
	assert_int_equal(released, interrupted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out),
		cmocka_unit_test(no_farther_back_than_can_be_said),
		cmocka_unit_test(slices_make_no_difference),
		cmocka_unit_test(the_lock_changes_nothing_but_who_waits),
	};

	drive_watchdog();
	return cmocka_run_group_tests_name("compress", tests, NULL, NULL);
}
