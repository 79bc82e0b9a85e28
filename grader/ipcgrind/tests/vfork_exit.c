/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent of a vfork() goes on only when the child has ended or called exec. */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
#ifdef RACE
    pid_t pid = start();
#else
    pid_t pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
#endif
    if (pid == 0) {
        *p = 1; /* [first] */
        _exit(0);
    }
    int got = *p; /* [second] */
    finish(pid);
    return got == 7;
}
