// Landlock and seccomp: what a worker may still do to the rest of the machine.
#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Added to the kernel's header after the first version of Landlock.
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

// Linux 6.6; the same number everywhere.
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

int imgdx_landlock_version(void) {
  long version =
      syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? (int)version : 0;
}

int imgdx_write_only_below(const char *folder) {
  int version = imgdx_landlock_version();
  if (version == 0) return ENOSYS;
  uint64_t ordinary = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                      LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                      LANDLOCK_ACCESS_FS_MAKE_REG;
  if (version >= 3) ordinary |= LANDLOCK_ACCESS_FS_TRUNCATE;
  uint64_t never = LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                   LANDLOCK_ACCESS_FS_MAKE_SYM;
  if (version >= 2) never |= LANDLOCK_ACCESS_FS_REFER;

  struct landlock_ruleset_attr handled = {.handled_access_fs = ordinary | never};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
  if (rules < 0) return errno;
  struct landlock_path_beneath_attr below = {.allowed_access = ordinary};
  below.parent_fd = open(folder, O_PATH | O_CLOEXEC | O_DIRECTORY);
  int failure = 0;
  if (below.parent_fd < 0 ||
      syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0 ||
      syscall(SYS_landlock_restrict_self, rules, 0) != 0)
    failure = errno;
  if (below.parent_fd >= 0) close(below.parent_fd);
  close(rules);
  return failure;
}

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

int imgdx_has_seccomp(void) {
#ifdef OWN_ARCHITECTURE
  uint32_t action = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
#else
  return 0;
#endif
}

#ifdef OWN_ARCHITECTURE

#define LOAD(field) \
  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE(name) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), \
      ANSWER(SECCOMP_RET_ERRNO | EACCES)

int imgdx_filter_system_calls(void) {
  struct sock_filter program[] = {
      // Another architecture's numbers mean other calls: nobody here makes them.
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0),
      ANSWER(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
#ifdef __x86_64__
      // The x32 table has the same calls under larger numbers.
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
      ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
      REFUSE(chmod),
      REFUSE(chown),
      REFUSE(lchown),
#endif
      REFUSE(socket),
      REFUSE(io_uring_setup),
      REFUSE(ptrace),
      REFUSE(process_vm_writev),
      REFUSE(pidfd_getfd),
      REFUSE(fchmod),
      REFUSE(fchmodat),
      REFUSE(fchmodat2),
      REFUSE(fchown),
      REFUSE(fchownat),
      ANSWER(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {
      .len = sizeof program / sizeof program[0],
      .filter = program,
  };
  long result =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  if (result == 0) return 0;
  // A positive answer is the thread that could not be bound.
  return result > 0 ? EAGAIN : errno;
}

#else

int imgdx_filter_system_calls(void) { return ENOSYS; }

#endif
