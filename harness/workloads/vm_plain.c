/* references counted by plain loads and stores */
#define VM_SCHEME VM_PLAIN
#define VM_TABLE vm_run_plain
#include "workloads/vm_polls.h"
