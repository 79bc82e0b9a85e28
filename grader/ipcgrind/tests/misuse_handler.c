/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A handler that only calls write(); with RACE it calls printf() and malloc(). A handler that was
 * left by siglongjmp() runs no more. */
#include "pair.h"

#include <setjmp.h>

static sigjmp_buf out;
static void *volatile kept;

static void on_signal(int number)
{
    if (number == SIGUSR2)
        siglongjmp(out, 1);
    must(write(2, "", 0) == 0, "write");
    if (!ORDERED) {
        printf("%d\n", number);        /* [printf] */
        kept = malloc((size_t)number); /* [malloc] */
    }
}

int main(void)
{
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, on_signal);
    raise(SIGUSR1);
    if (sigsetjmp(out, 1) == 0)
        raise(SIGUSR2);
    free(kept);
    return fflush(stdout) != 0;
}
