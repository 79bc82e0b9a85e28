/* SPDX-License-Identifier: MIT */
/**
 * What every server of the labs is asked for: READY, a clean end at SIGTERM, no descriptor kept.
 *
 *  1. Start it; gr_expect_ready() waits until clients can connect.
 *  2. gr_hold() keeps it from serving, while clients line up: what was a race is an order then.
 *  3. gr_open_fds() after some requests, gr_expect_no_more_fds() after some more.
 *  4. gr_expect_term() ends it.
 */
#ifndef GR_SERVER_H
#define GR_SERVER_H

#include "gr_suite.h"

/** Wait for the line READY, the first one of a server. Leaves with FAIL if it does not come. */
void gr_expect_ready(struct gr_run *r, struct gr_proc *p);
/** Send SIGTERM and wait for exit status 0. */
void gr_expect_term(struct gr_run *r, struct gr_proc *p);
/** Stop @p where it is (SIGSTOP) and wait until it stands; gr_signal(p, SIGCONT) lets it go on. */
void gr_hold(struct gr_run *r, struct gr_proc *p);

enum { GR_FDS_MAX = 64 };

/** The open descriptors of a process. */
struct gr_fds {
    size_t n;
    struct {
        int fd;
        char what[128]; /* a path, "pipe:[4711]", .. */
    } v[GR_FDS_MAX];
};

/** Look. Return: 0, or -1 with errno ESRCH. */
int gr_open_fds(struct gr_proc *p, struct gr_fds *out);
/** Leave with LEFTOVER if @p has @many or more descriptors more than in @before; each new one
 *  becomes a finding. @after: "20 requests". */
void gr_expect_no_more_fds(struct gr_run *r, struct gr_proc *p, const struct gr_fds *before,
                           size_t many, const char *after);

#endif
