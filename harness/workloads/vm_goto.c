/* bare numbers on the stack, computed goto */
#define VM_SCHEME VM_RAW
#define VM_RUN vm_run_goto
#define VM_POLL VM_POLL_NONE
#include "workloads/vm_loop.h"
