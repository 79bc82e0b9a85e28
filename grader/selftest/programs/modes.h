/* SPDX-License-Identifier: MIT */
/** What the programs with several known behaviours share: the first argument chooses one. */
#ifndef MODES_H
#define MODES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mode {
    const char *name;
    void (*run)(void);
};

static inline int run_mode(int argc, char **argv, const struct mode *modes, size_t n)
{
    for (size_t i = 0; i < n && argc > 1; i++)
        if (strcmp(modes[i].name, argv[1]) == 0) {
            modes[i].run();
            return 0;
        }
    fprintf(stderr, "%s: no such mode\n", argv[0]);
    return 2;
}

#define RUN_MODE(modes) run_mode(argc, argv, modes, sizeof(modes) / sizeof(modes)[0])

/** A call of a test program that cannot fail here: if it does, say so and end. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) == -1) {                                                                        \
            perror(#call);                                                                         \
            exit(3);                                                                               \
        }                                                                                          \
    } while (0)

#endif
