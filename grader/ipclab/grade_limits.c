/* SPDX-License-Identifier: MIT */
/*
 * Purpose: see before the first item whether this shell allows what grading needs. Who has less
 * cannot start a single program, and every item would be INFRA for a reason nobody guesses.
 * The hard limits count (setrlimit(2)): soft ones are raised by us.
 */
#include <inttypes.h>
#include <sys/resource.h>

#include "gr_proto.h"
#include "grade.h"

static const struct need {
    int what;
    rlim_t least;
    const char *of, *flag;
} needs[] = {
    {RLIMIT_NPROC, GR_NPROC, "processes", "-Hu"},
    {RLIMIT_NOFILE, GR_NOFILE_HARD, "open files", "-Hn"},
    {RLIMIT_FSIZE, GR_FSIZE, "bytes in a file (ulimit counts blocks of 1 KiB)", "-Hf"},
    {RLIMIT_AS, COMPILER_BYTES, "bytes of address space (ulimit counts KiB)", "-Hv"},
};

int check_limits(void)
{
    struct rlimit r;

    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        const struct need *n = &needs[i];

        if (getrlimit((__rlimit_resource_t)n->what, &r) == 0 && r.rlim_max < n->least)
            return wrong(EX_UNJUDGED,
                         " grade: this shell allows %" PRIuMAX " %s, and grading needs %" PRIuMAX
                         ". `ulimit %s` shows the limit; it comes from an earlier `ulimit` (then a "
                         "new shell helps) or from /etc/security/limits.conf",
                         (uintmax_t)r.rlim_max, n->of, (uintmax_t)n->least, n->flag);
    }
    return 0;
}
