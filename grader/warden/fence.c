/* SPDX-License-Identifier: MIT */
/* What a program may not do to the warden, which runs as the same user in the same jail: change
 * its limits. With no descriptor left it could not look any more, and what it cannot see would
 * count as not there. A program's own limits (setrlimit, or prlimit with pid 0), and a look at
 * anybody's, stay allowed.
 * A filter as in man 2 seccomp; it is inherited by all that the program starts. */
#include "warden.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifdef __aarch64__
#define NATIVE AUDIT_ARCH_AARCH64
#else
#define NATIVE AUDIT_ARCH_X86_64
#endif

enum { X32_CALLS = 0x40000000 };

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
/* The halves of an argument, least significant first: both machines are little-endian. */
#define ARG(n, half)                                                                               \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                                             \
             offsetof(struct seccomp_data, args) + 8UL * (n) + 4UL * (half))
/* Skip @yes instructions if the word is @k, else @no. */
#define IF_IS(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))

int fence_raise(void)
{
    static struct sock_filter filter[] = {
        FIELD(arch),
        IF_IS(NATIVE, 0, 2),
        FIELD(nr),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1),
        ANSWER(SECCOMP_RET_ERRNO | ENOSYS), /* other numbers for the same calls */
        IF_IS(SYS_prlimit64, 0, 6),
        ARG(0, 0), /* the process; 0: itself */
        IF_IS(0, 4, 0),
        ARG(2, 0), /* the new limit; NULL: only a look */
        IF_IS(0, 0, 3),
        ARG(2, 1),
        IF_IS(0, 0, 1),
        ANSWER(SECCOMP_RET_ALLOW),
        ANSWER(SECCOMP_RET_ERRNO | EPERM),
    };
    const struct sock_fprog prog = {sizeof filter / sizeof *filter, filter};

    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}
