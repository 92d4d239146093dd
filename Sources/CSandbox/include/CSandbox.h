// What a worker process gives up before it opens a file that nobody has looked at.
//
// Swift cannot make these calls: they are bare system calls, variadic, or need macros of the kernel's
// headers. Functions return 0 or an errno unless they say otherwise.
#pragma once
#include <stdint.h>

/// The kernel kills this process when the thread that started it ends.
int imgdx_die_with_parent(void);

/// No program started from here on can gain rights (no_new_privs); the filters below need it.
int imgdx_forbid_new_privileges(void);

/// No core file is written, whatever kills this process: it would hold the patient's image.
int imgdx_forbid_core_dumps(void);

/// The address space of this process ends at `bytes` (RLIMIT_AS).
int imgdx_limit_memory(uint64_t bytes);

/// Bytes at which the address space of this process and its children ends; UINT64_MAX for no limit.
uint64_t imgdx_memory_limit(void);

/// From now on a request for memory that fails ends this process with the exit status `status`,
/// instead of reaching code that may or may not look at the answer.
void imgdx_exit_when_out_of_memory(int status);

/// Requests for memory that the calling thread has made: loops that must make none are tested with
/// it. -1 where they are not counted.
long imgdx_allocation_count(void);

/// The version of Landlock that the running kernel has; 0 for none.
int imgdx_landlock_version(void);

/// Files can be made, changed and removed below `folder` only (Landlock). Reading is left alone, and
/// so are files that are open already. Threads that run already are not bound.
int imgdx_write_only_below(const char *folder);

/// 1 where system calls can be filtered (seccomp) on this kernel and processor.
int imgdx_has_seccomp(void);

/// No socket can be opened, no other process touched, no file's owner or mode changed (seccomp):
/// such calls fail with EACCES. Binds every thread of this process.
int imgdx_filter_system_calls(void);

/// Processors that this process may run on (its affinity mask); 0 where the kernel does not tell.
int imgdx_processor_count(void);
