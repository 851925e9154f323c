/* vm_polls.h - the interpreters of one scheme, for each way of polling.  A template:
 * the including file says VM_SCHEME, and VM_TABLE, what to call them. */
#include "workloads/vm.h"

#define VM_RUN none
#define VM_POLL VM_POLL_NONE
#include "workloads/vm_loop.h"
#define VM_RUN backedge
#define VM_POLL VM_POLL_BACKEDGE
#include "workloads/vm_loop.h"
#define VM_RUN call
#define VM_POLL VM_POLL_CALL
#include "workloads/vm_loop.h"
#define VM_RUN op
#define VM_POLL VM_POLL_OP
#include "workloads/vm_loop.h"

vm_run *const VM_TABLE[VM_POLLS][VM_DISPATCHES] = {
	[VM_POLL_NONE] = VM_BOTH(none),
	[VM_POLL_BACKEDGE] = VM_BOTH(backedge),
	[VM_POLL_CALL] = VM_BOTH(call),
	[VM_POLL_OP] = VM_BOTH(op),
};
