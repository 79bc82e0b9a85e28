/* SPDX-License-Identifier: MIT */
/**
 * One line a call on a slide, and still every call checked.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

/** @result, or, when that is -1, a line that names @call and
 * the end of the process. */
static inline int check(int result, const char *call)
{
    if (result == -1) {
        perror(call);
        exit(1);
    }
    return result;
}

/** The same for calls that count bytes. */
static inline ssize_t check_n(ssize_t result, const char *call)
{
    if (result == -1) {
        perror(call);
        exit(1);
    }
    return result;
}

#endif
