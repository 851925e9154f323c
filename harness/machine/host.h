/*
 * host.h - what surrounds this process: hypervisor, container, file system,
 * environment.  Each writes a fact into @v of @n bytes, "" when unknown.
 */
#ifndef MACHINE_HOST_H
#define MACHINE_HOST_H

#include <stddef.h>

/* "none", or what tells that there is a hypervisor. */
void host_virtualization(char *v, size_t n);

/* "none", or what tells that there is a container. */
void host_container(char *v, size_t n);

/* Of the kernel's list of processor flaws, how many are mitigated (a system call
 * pays for them) and which are left open. */
void host_mitigations(char *v, size_t n);

/* The type of the file system of $TMPDIR or /tmp. */
void host_filesystem(char *v, size_t n);

/* The variables that can change what is measured: "name=value;name=value". */
void host_environment(char *v, size_t n);

#endif
