// Ends a worker when its memory is used up, and counts what is asked for.
//
// Swift aborts where an allocation fails, C libraries return errors of many kinds or forget to look.
// All of them ask `malloc` and its kin, so this is the one place where running out can be told from
// every other way to die. glibc allows a program to bring these functions; its own stand behind them.
#include "CSandbox.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

// Written once, before any other thread of a worker runs.
static int exit_status = 0;

void imgdx_exit_when_out_of_memory(int status) { exit_status = status; }

static _Thread_local long allocations = 0;

long imgdx_allocation_count(void) { return allocations; }

static void *checked(void *memory) {
  allocations++;
  if (__builtin_expect(memory == NULL, 0) && exit_status) _exit(exit_status);
  return memory;
}

void *malloc(size_t size) { return checked(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) { return checked(__libc_calloc(count, size)); }

void *realloc(void *old, size_t size) {
  // Asking for nothing frees, and NULL is the answer then.
  if (old != NULL && size == 0) return __libc_realloc(old, 0);
  return checked(__libc_realloc(old, size));
}

void *memalign(size_t alignment, size_t size) { return checked(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) {
  return checked(__libc_memalign(alignment, size));
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *memory = checked(__libc_memalign(alignment, size));
  if (memory == NULL) return ENOMEM;
  *result = memory;
  return 0;
}

#else

void imgdx_exit_when_out_of_memory(int status) { (void)status; }

long imgdx_allocation_count(void) { return -1; }

#endif
