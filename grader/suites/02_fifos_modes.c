/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2A: the modes of what logd makes, and of what was there before. */
#include "02_fifos.h"

#include <errno.h>
#include <string.h>

static mode_t mode_of(struct gr_run *r, const char *path)
{
    struct stat st;

    gr_expect(r, gr_jail_stat(r->scene, path, &st) == 0, "%s was there before logd, and is gone",
              path);
    return st.st_mode & 07777;
}

static void expect_kept_mode(struct gr_run *r, const char *path, mode_t before)
{
    mode_t now = mode_of(r, path);

    gr_expect(r, now == before,
              "%s was there before logd, with mode 0%o; now it has 0%o. Only what logd makes gets "
              "0600: what was there keeps its mode, whoever gave it that may have a reason",
              path, before, now);
}

/* Somebody has made both, for a group. */
static void expect_kept_modes(struct gr_run *r)
{
    struct gr_proc *logd;
    mode_t fifo, out;

    if (gr_jail_plant(r->scene, "out", 0640, "") == -1 ||
        gr_jail_mkfifo(r->scene, "fifo", 0640) == -1)
        gr_fail(r, GR_INFRA, "cannot plant a file and a FIFO: %s", strerror(errno));
    fifo = mode_of(r, "fifo"); /* but for our own umask */
    out = mode_of(r, "out");
    logd = start_logd(r, (struct gr_prog){0});
    expect_kept_mode(r, "fifo", fifo);
    expect_kept_mode(r, "out", out);
    end_logd(r, logd);
}

void logd_makes_private_objects(struct gr_run *r)
{
    static const unsigned umasks[] = {0, 022, 077};

    for (size_t i = 0; i < 3; i++) {
        struct gr_prog prog = {.set_umask = true, .umask = umasks[i]};
        struct gr_proc *logd = start_logd(r, prog);

        gr_expect_mode(r, "fifo", S_IFIFO, 0600, "logd");
        gr_expect_mode(r, "out", S_IFREG, 0600, "logd");
        end_logd(r, logd);
    }
    expect_kept_modes(r);
}
