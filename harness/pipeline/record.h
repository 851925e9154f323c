/*
 * record.h - what one timed pass measured, and samples.csv, where that is kept.
 *
 * samples.csv is the product: append-only, one write and one fdatasync per
 * row, each row sealed by a checksum of its bytes.  All else can be recomputed.
 */
#ifndef PIPELINE_RECORD_H
#define PIPELINE_RECORD_H

#include "base/status.h"
#include "base/table.h"
#include "pipeline/plan.h"

/* The numbers of one pass, as the trial sends them.  NONE: not known. */
struct measure {
	uint64_t tasks, units;		/* finished, all workers */
	uint64_t wall_ns;		/* shared start to the last end */
	uint64_t spawn_ns, join_ns;	/* outside wall_ns */
	uint64_t skew_ns;		/* last begin - first begin */
	uint64_t user_ns, sys_ns;	/* CPU time of the workers */
	uint64_t helpers_ns;		/* of it: of loops' threads for files */
	uint64_t p50_ns, p90_ns, p99_ns, p999_ns, max_ns;	/* latency per unit */
	uint64_t mean_ns;		/* likewise */
	uint64_t switches, syscalls;	/* by the strategy, by its engine */
	uint64_t voluntary, involuntary;	/* context switches */
	uint64_t migrations, run_delay_ns;
	uint64_t max_rss_bytes;
	uint64_t canary_before_ns, canary_after_ns;	/* around the trial */
	uint64_t steal_ns, throttled_ns, foreign_ns;	/* during the trial */
	uint64_t server_cpu_ns;
	uint64_t checksum, state, ops;
	uint64_t counter[2 * COUNTERS];	/* of the strategy, of the workload */
};

/* What p50_ns .. max_ns are of, as the tables' help says it. */
#define LATENCY_HELP "of the latency of a unit: service time; with rate > 0 response time " \
	"from the intended start; where requests are sent together (pipeline, batch, http window) " \
	"of all of them"

/* One row of samples.csv. */
struct sample {
	const char *run_id, *experiment;
	uint64_t trial;			/* id */
	const char *workload, *params, *strategy, *engine;
	uint64_t workers;
	const char *placement;
	uint64_t block, position;
	uint64_t rep;			/* from 1, going on when a disturbed
					 * trial is run again; 0: it failed */
	uint64_t seed;
	const char *status, *reason;
	struct measure m;
	const char *counters;		/* "takes=12;lost=0", from m.counter */
	const char *server;		/* "nginx-1.22.1", a real one */
	const char *cpus;
	uint64_t build;			/* hash of the executable */
};
extern const struct column sample_columns[];	/* without `check` */
extern const struct column seal_column;		/* `check`, the last one */

/*
 * Read the valid rows of @path into @rows (the arena's), in order.
 *
 * A writer that was stopped leaves half a row, or bytes that were never
 * written, behind the last whole row: *@torn_bytes is how many, to be cut from
 * the end of the file before another row is appended.  When it is all of the
 * file, the header is to be written again.  Anything else that is wrong is
 * damage and an error: a row whose check does not hold before one whose does,
 * a row that holds what is not in the columns, the same pass of a trial twice
 * (of `interrupted` rows there may be any number).
 *
 * 0, or -1 having reported "path:line: why".  Missing file: no rows.
 */
int samples_read(const char *path, struct sample **rows, size_t *n,
		 size_t *torn_bytes, struct arena *a);

/* The text of one row with its check and LF, or of the header, in @a.  NULL,
 * reported, when there is no memory for it. */
char *samples_line(const struct sample *s, struct arena *a);
char *samples_header(struct arena *a);

/* The check of a row of @n bytes, as 8 hexadecimal digits. */
enum { SEAL_LEN = 8 };
void seal_make(char seal[SEAL_LEN + 1], const char *bytes, size_t n);

#endif
