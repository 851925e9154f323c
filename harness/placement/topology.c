/*
 * The machine as hwloc sees it, copied at once into plain units: every trial
 * loads it afresh, so no more is discovered than placements need (0.6 ms on 2
 * CPUs).
 */
#include <errno.h>
#include <hwloc.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "placement/placement.h"
#include "placement/units.h"

/* Each of these makes hwloc describe a machine that is not there, and bind
 * nothing while it reports success. */
static const char *const disguises[] = {
	"HWLOC_SYNTHETIC", "HWLOC_XMLFILE", "HWLOC_FSROOT", "HWLOC_CPUID_PATH",
	"HWLOC_THISSYSTEM",
};

static int refuse_disguise(void)
{
	for (size_t i = 0; i < sizeof disguises / sizeof *disguises; i++) {
		const char *value = getenv(disguises[i]);

		if (value && *value)
			return fail("%s is set: the machine would not be this one",
				    disguises[i]);
	}
	return 0;
}

/* hwloc's plugins would bring X11, OpenCL and the C++ library into every process
 * that is measured, and 2 ms, for nothing that a placement asks. */
static int start(struct topology *t)
{
	setenv("HWLOC_PLUGINS_PATH", "", 0);
	return hwloc_topology_init(&t->hw) < 0 ? fail("cannot start hwloc") : 0;
}

/* Load only what struct unit has a field for, and never move this thread. */
static int discover(hwloc_topology_t hw)
{
	static const hwloc_obj_type_t wanted[] = {
		HWLOC_OBJ_PACKAGE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_CORE,
	};

	hwloc_topology_set_all_types_filter(hw, HWLOC_TYPE_FILTER_KEEP_NONE);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		hwloc_topology_set_type_filter(hw, wanted[i], HWLOC_TYPE_FILTER_KEEP_ALL);
	hwloc_topology_set_flags(hw, HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING);
	return hwloc_topology_load(hw) < 0 ? fail_errno("hwloc_topology_load") : 0;
}

/* The number of the ancestor of that type; @none where there is no such level. */
static unsigned ancestor(struct topology *t, hwloc_obj_t pu, hwloc_obj_type_t type,
			 unsigned none)
{
	hwloc_obj_t o = hwloc_get_ancestor_obj_by_type(t->hw, type, pu);

	return o ? o->logical_index : none;
}

static int speed(struct topology *t, hwloc_obj_t pu)
{
	int kind = hwloc_cpukinds_get_by_cpuset(t->hw, pu->cpuset, 0);
	int efficiency = 0;

	if (kind >= 0)
		hwloc_cpukinds_get_info(t->hw, (unsigned)kind, NULL, &efficiency,
					NULL, NULL, 0);
	return efficiency;
}

static int read_units(struct topology *t)
{
	int n = hwloc_get_nbobjs_by_type(t->hw, HWLOC_OBJ_PU);

	if (n < 1)
		return fail("hwloc finds no processing unit");
	t->units.n = (size_t)n;
	t->units.unit = calloc(t->units.n, sizeof *t->units.unit);
	if (!t->units.unit)
		return fail("out of memory for %d processing units", n);
	for (unsigned i = 0; i < t->units.n; i++) {
		hwloc_obj_t pu = hwloc_get_obj_by_type(t->hw, HWLOC_OBJ_PU, i);

		t->units.unit[i] = (struct unit){
			.os = (int)pu->os_index,
			.package = ancestor(t, pu, HWLOC_OBJ_PACKAGE, 0),
			.cache = ancestor(t, pu, HWLOC_OBJ_L3CACHE, UINT_MAX),
			.core = ancestor(t, pu, HWLOC_OBJ_CORE, i),
			.speed = speed(t, pu),
		};
	}
	return units_index(&t->units);
}

/* Keep what sched_getaffinity() allows, which may be less than the cpuset. */
static int keep_inherited(struct topology *t)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc();
	int *os = calloc(t->units.n, sizeof *os);
	size_t n = 0;
	int rc = -1;

	if (!set || !os)
		fail("out of memory for the inherited affinity");
	else if (hwloc_get_cpubind(t->hw, set, HWLOC_CPUBIND_THREAD) < 0)
		fail_errno("cannot read the inherited affinity");
	else {
		for (size_t i = 0; i < t->units.n; i++)
			if (hwloc_bitmap_isset(set, (unsigned)t->units.unit[i].os))
				os[n++] = t->units.unit[i].os;
		rc = units_keep(&t->units, os, n);
	}
	free(os);
	hwloc_bitmap_free(set);
	return rc;
}

static int load_real(struct topology *t)
{
	if (refuse_disguise() < 0 || discover(t->hw) < 0)
		return -1;
	if (!hwloc_topology_is_thissystem(t->hw))
		return fail("hwloc describes another machine: unset HWLOC_*");
	t->real = true;
	if (read_units(t) < 0)
		return -1;
	return keep_inherited(t);
}

/* The set of cores @first .. @last of a synthetic machine, to be freed. */
static hwloc_bitmap_t cores_set(hwloc_topology_t hw, unsigned first, unsigned last)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc();

	for (unsigned i = first; set && i <= last; i++) {
		hwloc_obj_t core = hwloc_get_obj_by_type(hw, HWLOC_OBJ_CORE, i);

		if (!core)
			break;
		hwloc_bitmap_or(set, set, core->cpuset);
	}
	return set;
}

/* Give the cores of "fast:0-1" a faster kind, as the kernel would for P cores. */
static int register_kinds(hwloc_topology_t hw, const char *fast)
{
	unsigned first, last;
	char rest;
	hwloc_bitmap_t set;
	int rc;

	if (sscanf(fast, "fast:%u-%u%c", &first, &last, &rest) != 2 || first > last)
		return fail("synthetic topology: '%s' is not fast:FIRST-LAST", fast);
	set = cores_set(hw, first, last);
	if (!set)
		return fail("out of memory for a synthetic topology");
	rc = hwloc_cpukinds_register(hw, set, 1, 0, NULL, 0);
	hwloc_bitmap_andnot(set, hwloc_topology_get_topology_cpuset(hw), set);
	if (!rc && !hwloc_bitmap_iszero(set))
		rc = hwloc_cpukinds_register(hw, set, 0, 0, NULL, 0);
	hwloc_bitmap_free(set);
	return rc ? fail_errno("synthetic topology: '%s'", fast) : 0;
}

static int load_synthetic(struct topology *t, const char *text)
{
	const char *fast = strstr(text, "fast:");
	char *shape = strndup(text, fast ? (size_t)(fast - text) : strlen(text));
	int rc = shape ? hwloc_topology_set_synthetic(t->hw, shape) : -1;

	free(shape);
	if (rc < 0)
		return fail_errno("synthetic topology '%s'", text);
	if (discover(t->hw) < 0)
		return -1;
	if (fast && register_kinds(t->hw, fast) < 0)
		return -1;
	return read_units(t);
}

struct topology *topology_load(const char *synthetic)
{
	struct topology *t = calloc(1, sizeof *t);

	if (!t) {
		fail("out of memory for the topology");
		return NULL;
	}
	if (start(t) < 0)
		goto err0;
	if ((synthetic ? load_synthetic(t, synthetic) : load_real(t)) < 0)
		goto err1;
	return t;
err1:
	units_release(&t->units);
	hwloc_topology_destroy(t->hw);
err0:
	free(t);
	return NULL;
}

void topology_free(struct topology *t)
{
	if (!t)
		return;
	units_release(&t->units);
	hwloc_topology_destroy(t->hw);
	free(t);
}

int topology_bind(const struct topology *t, int os)
{
	hwloc_obj_t pu;

	if (!t && topology_is_bound(t, os))
		return 0;
	if (!t || !t->real) {
		errno = EXDEV;
		return -1;
	}
	if (topology_pu(t, os) < 0) {
		errno = EINVAL;
		return -1;
	}
	pu = hwloc_get_pu_obj_by_os_index(t->hw, (unsigned)os);
	if (hwloc_set_cpubind(t->hw, pu->cpuset,
			      HWLOC_CPUBIND_THREAD | HWLOC_CPUBIND_STRICT) < 0)
		return -1;
	if (!topology_is_bound(t, os)) {
		errno = EBUSY;
		return -1;
	}
	return 0;
}

/* Asked of the kernel, not of hwloc: hwloc may be what is wrong. */
bool topology_is_bound(const struct topology *t, int os)
{
	cpu_set_t set[8];	/* 8192 CPUs: the most that Linux is built for */

	return (!t || t->real) && os >= 0 && os < 8 * CPU_SETSIZE &&
		!sched_getaffinity(0, sizeof set, set) &&
		CPU_ISSET_S((size_t)os, sizeof set, set) &&
		CPU_COUNT_S(sizeof set, set) == 1;
}
