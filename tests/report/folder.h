/*
 * folder.h - the folder of a small run that was never run, analysed: one
 * experiment, e, whose texts hold what HTML is made of.
 */
#ifndef TESTS_REPORT_FOLDER_H
#define TESTS_REPORT_FOLDER_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/study.h"
#include "pipeline/capture.h"
#include "pipeline/usable.h"

#define BASE "primes/single/compact/1"
#define ONE "primes/fine/compact/1"
#define TWO "primes/fine/compact/2"
#define EVIL "<script>alert('1')</script> & \"more\""

static const char folder_spec[] =
	"title: '<script>alert(''1'')</script> & \"more\"'\n"
	"question: is <b> & </b> a text?\n"
	"workloads: [{name: primes}]\n"
	"strategies: [single, fine]\n"
	"workers: [1, 2]\n"
	"placements: [compact]\n"
	"claims:\n"
	"  - name: halves\n"
	"    why: two workers & <i>two</i> CPUs\n"
	"    left: " ONE "\n"
	"    right: " TWO "\n"
	"    expect: 1.9 .. 2.1\n"
	"    published: 1.53\n"
	"    source: </td><script>x</script>\n"
	"  - name: stays\n"
	"    why: it does not\n"
	"    left: " ONE "\n"
	"    right: " TWO "\n"
	"    expect: 0.9 .. 1.1\n"
	"    source: a test\n"
	"  - name: quadruples\n"
	"    why: four cores\n"
	"    left: " ONE "\n"
	"    right: " TWO "\n"
	"    expect: 3.8 ..\n"
	"    cores: 4\n"
	"    source: a test\n"
	"  - name: straddles\n"
	"    why: the bound is where the value is\n"
	"    left: " TWO "\n"
	"    metric: wall_ns\n"
	"    expect: .. 510000000\n"
	"    source: a test\n";

struct folder {
	struct study study;
	char dir[64];
};

static inline char *folder_path(struct folder *f, const char *name)
{
	return arena_printf(&f->study.arena, "%s/%s", f->dir, name);
}

static inline void folder_put(struct folder *f, const char *name, const char *text)
{
	FILE *out = fopen(folder_path(f, name), "w");

	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

/* The arena's. */
static inline char *folder_get(struct folder *f, const char *name)
{
	char *text = NULL, *kept;
	size_t cap = 0;
	FILE *in = fopen(folder_path(f, name), "r");

	assert_non_null(in);
	assert_true(getdelim(&text, &cap, '\0', in) > 0);
	fclose(in);
	kept = arena_strdup(&f->study.arena, text);
	free(text);
	return kept;
}

/* A disturbed trial that was run again; one that failed with an odd reason; one
 * that was disturbed to the end. */
static inline void folder_trouble(struct study *s)
{
	struct sample *again = study_find(s, TWO, 0, 3), *last;

	s->sample[s->samples] = *again;
	last = &s->sample[s->samples++];
	last->rep = 2;
	again->status = "env_changed";
	again->reason = "canary <1> & <2>";
	study_fail(study_find(s, TWO, 0, 4), "crash", EVIL);
	last = study_find(s, ONE, 0, 5);
	last->status = "env_changed";
	last->reason = "steal";
	s->sample[s->samples] = *last;
	s->sample[s->samples++].rep = 2;
}

/* Two workers, who share a CPU, ask a server, which has no time left. */
static inline void folder_served(struct study *s)
{
	for (size_t i = 0; i < s->trials; i++)
		s->trial[i].oversubscribed = s->trial[i].workers == 2;
	for (size_t i = 0; i < s->samples; i++) {
		struct measure *m = &s->sample[i].m;

		if (s->sample[i].workers != 2)
			continue;
		m->server_cpu_ns = m->wall_ns * 98 / 100;
		m->user_ns = 250000000;
		m->sys_ns = 50000000;
		m->voluntary = 120;
		m->involuntary = 30;
		m->p999_ns = 7000000;
		m->max_ns = 8000000;
	}
}

static inline void folder_samples(struct folder *f)
{
	struct study *s = &f->study;
	char *text = samples_header(&s->arena);

	for (size_t i = 0; i < s->samples; i++)
		text = arena_printf(&s->arena, "%s%s", text,
				    samples_line(&s->sample[i], &s->arena));
	folder_put(f, "samples.csv", text);
}

static inline int folder_setup(void **state)
{
	struct folder *f = calloc(1, sizeof *f);
	struct usable u = { 2, 2, 2 };
	struct capture c;
	struct plan p;
	char said[4096];
	int rc;

	assert_non_null(f);
	*state = f;
	strcpy(f->dir, "/tmp/test_report.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(mkdir(folder_path(f, "experiments"), 0755), 0);
	study_cell(&f->study, BASE, "baseline", 10, 1e9, 0);
	study_cell(&f->study, BASE, "twin", 10, 1e9, 1);
	study_cell(&f->study, ONE, "cell", 10, 1.02e9, 2);
	study_cell(&f->study, TWO, "cell", 10, .51e9, 3);
	folder_served(&f->study);
	folder_trouble(&f->study);
	p = (struct plan){ f->study.trial, f->study.trials };
	assert_int_equal(plan_write(&p, folder_path(f, "plan.csv")), 0);
	assert_int_equal(usable_write(&u, folder_path(f, "machine.csv")), 0);
	folder_put(f, "experiments/e.yaml", folder_spec);
	folder_samples(f);
	c = capture_start();
	rc = analyse(f->dir);
	capture_stop(&c, said, sizeof said);
	if (rc)
		fail_msg("%s", said);
	return 0;
}

/* Remove @dir and all in it. */
static inline void folder_remove(struct folder *f, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		const char *path = arena_printf(&f->study.arena, "%s/%s", dir, e->d_name);

		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && unlink(path) < 0)
			folder_remove(f, path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static inline int folder_teardown(void **state)
{
	struct folder *f = *state;

	folder_remove(f, f->dir);
	arena_release(&f->study.arena);
	free(f);
	return 0;
}

#endif
