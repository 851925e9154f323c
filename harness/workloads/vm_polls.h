/* vm_polls.h - the interpreters of one scheme, one for each way of polling.  A
 * template: the including file says VM_SCHEME, and VM_TABLE, what to call them. */
#include "workloads/vm.h"

static vm_run none, backedge, call, op;	/* so that they are static below, too */

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

vm_run *const VM_TABLE[VM_POLLS] = {
	[VM_POLL_NONE] = none,
	[VM_POLL_BACKEDGE] = backedge,
	[VM_POLL_CALL] = call,
	[VM_POLL_OP] = op,
};
