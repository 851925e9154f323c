/* storefile.h - a samples.csv in a folder of its own, and what should be in it. */
#ifndef TESTS_PIPELINE_STOREFILE_H
#define TESTS_PIPELINE_STOREFILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/capture.h"
#include "pipeline/store.h"

enum { ROWS = 3 };

struct file {
	struct arena arena;
	char folder[64], path[96], torn[104];
	struct store store;
	char said[2048];
};

static inline struct sample sample(uint64_t trial)
{
	struct sample s = {
		.run_id = "20260101t000000-abcd", .experiment = "e", .trial = trial,
		.workload = "primes", .params = "span=200", .strategy = "fine",
		.engine = "blocking", .workers = 2, .placement = "compact", .block = 1,
		.position = trial, .rep = 1, .seed = 1, .status = "ok", .reason = "",
		.cpus = "0;1", .build = 0xb111d,
	};

	memset(&s.m, 0xff, sizeof s.m);		/* NONE everywhere */
	s.m.wall_ns = 1000 + trial;
	return s;
}

static inline int file_setup(void **state)
{
	struct file *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	strcpy(f->folder, "/tmp/test_store.XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	snprintf(f->path, sizeof f->path, "%s/samples.csv", f->folder);
	snprintf(f->torn, sizeof f->torn, "%s.torn", f->path);
	*state = f;
	return 0;
}

static inline int file_teardown(void **state)
{
	struct file *f = *state;

	unlink(f->path);
	unlink(f->torn);
	rmdir(f->folder);
	arena_release(&f->arena);
	free(f);
	return 0;
}

/* The header and rows 1 .. @rows, as they should stand in the file. */
static inline char *text_of(struct file *f, uint64_t rows)
{
	char *text = samples_header(&f->arena);

	for (uint64_t i = 1; i <= rows; i++) {
		struct sample s = sample(i);

		text = arena_printf(&f->arena, "%s%s", text, samples_line(&s, &f->arena));
	}
	return text;
}

static inline void assert_file(struct file *f, const char *path, const char *text, size_t n)
{
	char *got = arena_alloc(&f->arena, n + 2);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(got, 1, n + 1, file), n);
	assert_memory_equal(got, text, n);
	fclose(file);
}

static inline void put_file(const char *path, const char *text, size_t n)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static inline int open_store(struct file *f, const char *path, size_t torn)
{
	struct capture c = capture_start();
	int rc = store_open(&f->store, path, torn);

	capture_stop(&c, f->said, sizeof f->said);
	return rc;
}

static inline int append(struct file *f, uint64_t trial)
{
	struct sample s = sample(trial);
	struct capture c = capture_start();
	int rc = store_append(&f->store, &s);

	capture_stop(&c, f->said, sizeof f->said);
	return rc;
}

/* A new file with rows 1 .. @rows. */
static inline void begin(struct file *f, uint64_t rows)
{
	assert_int_equal(open_store(f, f->path, 0), 0);
	for (uint64_t i = 1; i <= rows; i++)
		assert_int_equal(append(f, i), 0);
}

static inline void assert_rows(struct file *f, uint64_t rows)
{
	const char *text = text_of(f, rows);

	assert_file(f, f->path, text, strlen(text));
}

#endif
