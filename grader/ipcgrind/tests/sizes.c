/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses of different sizes, across words, cache lines and pages. Where they only touch each
 * other there is no race; where they share a byte there is, whatever byte. */
#include "pair.h"

#include <string.h>

enum { PAGE = 4096, LINE = 64 };

/* Eight bytes at once, wherever they lie. */
typedef long __attribute__((aligned(1), may_alias)) loose;

static void put8(char *at)
{
    *(loose *)(void *)at = -1;
}

int main(void)
{
    char *p = shared((size_t)2 * PAGE);
    int *word = (int *)(void *)(p + 512);
    int shift = ORDERED ? 1 : 0;
    pid_t pid = start();
    if (pid == 0) {
        *word = 1;               /* [first] */
        p[8 + 7 + shift] = 1;    /* [third] */
        p[LINE + 3 + shift] = 1; /* [fourth] */
        p[PAGE + 1 + shift] = 1; /* [fifth] */
        p[PAGE - 6 - shift] = 1; /* [sixth] */
        word[2] = 1;
        _exit(0);
    }
    ((char *)word)[ORDERED ? 4 : 3] = 1; /* [second] */
    put8(p + 8);
    put8(p + LINE - 4);
    put8(p + PAGE - 6);
    ((short *)word)[6] = 1;
    finish(pid);
}
