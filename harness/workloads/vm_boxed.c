/* numbers in boxes whose references nobody counts: when a half of the boxes is
 * used up, those alive are copied into the other (Cheney, CACM 1970) */
#define VM_SCHEME VM_COPIED
#define VM_RUN boxed
#define VM_POLL VM_POLL_NONE
#include "workloads/vm_loop.h"

vm_run *const vm_run_boxed[VM_DISPATCHES] = VM_BOTH(boxed);
