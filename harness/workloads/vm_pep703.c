/* biased references, and none to what is shared */
#define VM_SCHEME VM_PEP703
#define VM_TABLE vm_run_pep703
#include "workloads/vm_polls.h"
