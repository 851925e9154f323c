/* PEP 683's references: plain, and none to what is shared */
#define VM_SCHEME VM_IMMORTAL
#define VM_TABLE vm_run_immortal
#include "workloads/vm_polls.h"
