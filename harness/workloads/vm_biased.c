/* PEP 703's references: plain for the owner, atomic for others */
#define VM_SCHEME VM_BIASED
#define VM_TABLE vm_run_biased
#include "workloads/vm_polls.h"
