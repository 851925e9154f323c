/*
 * fio: the same file, read in random blocks (fread) or written record after record
 * with a sync behind each (append), as often as the pass has units.  It is told to
 * leave the page cache alone and to keep no map of the blocks it has read: neither
 * do we.
 *
 * Its first thread looks every 10 ms whether the one that works is done.  On the CPU
 * of that one it is no burden but a help: a loop of writes with a sync behind each, by
 * hand, took 0.87 [0.84, 0.95] of its time beside a thread that sleeps 10 ms at a time
 * on its CPU, and 0.99 [0.96, 1.06] beside one on the other (40 times 1000 each, Linux
 * 6.18 as a guest of KVM).  So it is on the other, and only the work is where ours is.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum { IOENGINE, DEPTH, BATCH };
enum { PSYNC, IO_URING };
static const struct param params[] = {
	[IOENGINE] = { "ioengine", PSYNC, 0, 1, "psync|io_uring", "how fio waits" },
	[DEPTH] = { "depth", 1, 1, 1024, "", "operations under way" },
	[BATCH] = { "batch", 1, 1, 1024, "", "operations handed over at once" },
	{ .name = NULL }
};
static const struct tool fio = { "fio", "fio", .apart = true };
static const uint64_t RECORDS_BYTES = 1 << 20;	/* as append's file */

/* The number at jobs[0].@way.@key, or 0. */
static double fio_number(const json_t *o, const char *way, const char *key)
{
	const json_t *job = json_array_get(json_object_get(o, "jobs"), 0);

	return json_number_value(json_object_get(json_object_get(job, way), key));
}

/* What it took in ns, by its count of operations a second; 0: it failed. */
static double fio_time(struct pass *p, const char *text, const char *way)
{
	json_t *o = json_loads(text, 0, NULL);
	const char *version = json_string_value(json_object_get(o, "fio version"));
	bool all = fio_number(o, way, "total_ios") >= (double)tool_units(p);
	double rate = fio_number(o, way, "iops");

	if (version)
		snprintf(p->engine, sizeof p->engine, "%.12s-%s", version,
			 p->option[IOENGINE] ? "io_uring" : "psync");
	json_decref(o);
	return all && rate > 0 ? (double)tool_units(p) / rate * 1e9 : 0;
}

/* The share of that for which it had a CPU, without its start, which is long. */
static double fio_cpu(const char *text)
{
	json_t *o = json_loads(text, 0, NULL);
	const json_t *job = json_array_get(json_object_get(o, "jobs"), 0);
	double percent = json_number_value(json_object_get(job, "usr_cpu")) +
			 json_number_value(json_object_get(job, "sys_cpu"));

	json_decref(o);
	return percent / 100;
}

static int fio_run(struct pass *p)
{
	bool reads = p->run->workload->needs & 1 << OP_PREAD;
	uint64_t bytes = tool_param(p, "bytes");
	uint64_t size = reads ? tool_param(p, "size") : RECORDS_BYTES;
	char name[64], bs[32], sizes[32], total[40], depth[24], batch[40], most[48], cpus[32];
	char *argv[] = {
		"fio", "--name=peer", "--thread=1", "--output-format=json", "--invalidate=0",
		"--norandommap=1", "--fallocate=none", "--overwrite=1", name, bs, sizes, total,
		depth, batch, most, "--iodepth_batch_complete_min=1", cpus,
		p->option[IOENGINE] ? "--ioengine=io_uring" : "--ioengine=psync",
		reads ? "--rw=randread" : "--rw=write", reads ? NULL : "--fdatasync=1", NULL,
	};
	int fd = p->run->channel[0].in;
	char *text;
	double ns, cpu;

	snprintf(name, sizeof name, "--filename=/proc/self/fd/%d", fd);
	snprintf(bs, sizeof bs, "--bs=%ju", (uintmax_t)bytes);
	snprintf(sizes, sizeof sizes, "--size=%ju", (uintmax_t)(size / bytes * bytes));
	snprintf(total, sizeof total, "--io_size=%ju", (uintmax_t)(tool_units(p) * bytes));
	snprintf(depth, sizeof depth, "--iodepth=%ju", (uintmax_t)p->option[DEPTH]);
	snprintf(batch, sizeof batch, "--iodepth_batch_submit=%ju", (uintmax_t)p->option[BATCH]);
	snprintf(most, sizeof most, "--iodepth_batch_complete_max=%ju", (uintmax_t)p->option[BATCH]);
	snprintf(cpus, sizeof cpus, "--cpus_allowed=%d", p->cpu[0]);
	if (tool_begin(p) < 0)
		return -1;
	text = tool_output(p, &fio, argv, fd);
	if (!text)
		return -1;
	ns = fio_time(p, text, reads ? "read" : "write");
	cpu = fio_cpu(text) * ns;
	free(text);
	return tool_end(p, ns, cpu);
}

const struct strategy strategy_fio = {
	.name = "fio",
	.summary = "fio, for fread and append",
	.params = params,
	.engine = "fio",
	.streams = STREAMS_ONE,
	.run = fio_run,
};
