/* SPDX-License-Identifier: MIT */
/**
 * A server with a process for each client, for echod and vaultd (part 6B).
 *
 *  1. forked_prepare() before READY is printed: from then on a SIGTERM is not
 *     lost.
 *  2. forked_serve() accepts, forks and reaps until SIGTERM comes.
 *
 * Who closes what: forked_serve() closes the listening socket at the end, and
 * every connection in the parent, at once after the fork. The child closes its
 * copy of the listening socket first. Who waits: the parent, for every child.
 *
 * Like listen.h these functions are for you, and not tested by themselves.
 */
#ifndef FORKED_H
#define FORKED_H

enum { FORKED_MAX = 200, FORKED_GRACE = 2 };

/** Catch SIGTERM and SIGCHLD. Return: 0, or -1 with errno. */
int forked_prepare(void);

/**
 * Serve each connection of @lfd in a child of its own, which calls @serve with
 * the connected socket and then exits with what that returned. Runs until
 * SIGTERM: then no more is accepted, and children that still run after @grace
 * seconds are killed. A failed accept() of one client is no reason to stop.
 *
 * At most FORKED_MAX children run at once; further clients wait.
 *
 * Return: 0 after SIGTERM, all children waited for; or -1 with errno.
 */
int forked_serve(int lfd, int grace, int (*serve)(int fd));

#endif
