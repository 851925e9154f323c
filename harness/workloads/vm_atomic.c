/* references counted by atomic additions */
#define VM_SCHEME VM_ATOMIC
#define VM_TABLE vm_run_atomic
#include "workloads/vm_polls.h"
