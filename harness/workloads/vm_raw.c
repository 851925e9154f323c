/* bare numbers on the stack */
#define VM_SCHEME VM_RAW
#define VM_RUN raw
#define VM_POLL VM_POLL_NONE
#include "workloads/vm_loop.h"

vm_run *const vm_run_raw[VM_DISPATCHES] = VM_BOTH(raw);
