/* references counted behind a lock of the object's shard */
#define VM_SCHEME VM_LOCKED
#define VM_TABLE vm_run_locked
#include "workloads/vm_polls.h"
