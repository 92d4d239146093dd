// Limits of this process, and how many processors it may use.
#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int imgdx_die_with_parent(void) {
  return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : errno;
}

int imgdx_forbid_new_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

int imgdx_forbid_core_dumps(void) {
  // A limit of 0 keeps a dump from a file, but not from a handler behind a pipe (core(5)); no file is
  // that small either, and for handlers the kernel takes a limit of 1 as never.
  struct rlimit none;
  if (getrlimit(RLIMIT_CORE, &none) != 0) return errno;
  if (none.rlim_max == 0) {
    // As a service with LimitCORE=0 has it, and nobody may raise it: handlers are told this way.
    none.rlim_cur = 0;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
  } else {
    none = (struct rlimit){1, 1};
  }
  return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : errno;
}

int imgdx_limit_memory(uint64_t bytes) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0) return errno;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < bytes) bytes = limit.rlim_max;
  limit.rlim_cur = limit.rlim_max = bytes;
  return setrlimit(RLIMIT_AS, &limit) == 0 ? 0 : errno;
}

uint64_t imgdx_memory_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
  return limit.rlim_cur;
}

int imgdx_processor_count(void) {
  // The kernel refuses a mask that is shorter than its own; 8192 processors are the most it knows.
  cpu_set_t *set = CPU_ALLOC(8192);
  if (!set) return 0;
  size_t size = CPU_ALLOC_SIZE(8192);
  CPU_ZERO_S(size, set);
  int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
  CPU_FREE(set);
  return count;
}
