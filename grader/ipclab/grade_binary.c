/* SPDX-License-Identifier: MIT */
/*
 * Purpose: what a student's binary may not hold: client requests, by which a program tells
 * Valgrind what to overlook (VALGRIND_DISABLE_ERROR_REPORTING, VALGRIND_CLO_CHANGE and others).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "grade.h"

#ifdef __aarch64__
/* ror x12, x12, #3, #13, #51, #61: valgrind.h, __SPECIAL_INSTRUCTION_PREAMBLE. Nothing else makes
 * sense of these four together, and Valgrind looks for no other. */
static const unsigned char preamble[] = {0x8c, 0x0d, 0xcc, 0x93, 0x8c, 0x35, 0xcc, 0x93,
                                         0x8c, 0xcd, 0xcc, 0x93, 0x8c, 0xf5, 0xcc, 0x93};
#else
/* rolq $3, $13, $61, $51, %rdi: the same. */
static const unsigned char preamble[] = {0x48, 0xc1, 0xc7, 0x03, 0x48, 0xc1, 0xc7, 0x0d,
                                         0x48, 0xc1, 0xc7, 0x3d, 0x48, 0xc1, 0xc7, 0x33};
#endif

/* Does the program in the file @path hold client requests? Return: 1, 0, or -1 with errno. */
static int asks_valgrind(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;
    struct stat st;
    void *bytes;

    if (fd == -1)
        return -1;
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            rc = memmem(bytes, (size_t)st.st_size, preamble, sizeof(preamble)) != NULL;
            munmap(bytes, (size_t)st.st_size);
        }
    }
    close(fd);
    return rc;
}

enum gr_verdict grade_look_through(const struct grade *g, const struct build *b, char **message)
{
    char *path = gr_xasprintf("%s/bin/%s", g->run, b->prog->binary);
    int asks = b->race ? 0 : asks_valgrind(path); /* the race lens has requests of its own */

    if (asks == -1)
        *message = gr_xasprintf("cannot look through %s: %s", path, strerror(errno));
    else if (asks)
        *message = gr_xasprintf("%s holds a client request of Valgrind (valgrind/*.h), by which a "
                                "program can tell it what to overlook: take it out",
                                b->prog->binary);
    free(path);
    return asks == 0 ? GR_PASS : asks == 1 ? GR_FORBIDDEN : GR_INFRA;
}
