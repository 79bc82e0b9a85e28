/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_SOCKET_H
#define IG_SOCKET_H

/**
 * What an end of a connection sends to and receives from, by names that both ends agree on.
 *
 * The ends have different inodes. A pair of socketpair() is recorded in the session; INET
 * connections have their two addresses. A UNIX stream has one address only, that of its listener,
 * which all its clients share: one clock each way, which orders too much between clients.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

enum ig_socket_shape {
    IG_SOCKET_STREAM,   /* bytes in order */
    IG_SOCKET_MESSAGES, /* whole messages in order */
    IG_SOCKET_SHARED,   /* one clock for many connections */
};

struct ig_socket {
    enum ig_socket_shape shape;
    struct ig_key out, in;
};

/* What @fd is, with the address @to of a message when it has one; False when it is no socket, or
 * one whose order is not known (then the view is partial). */
Bool ig_socket_find(Int fd, Addr to, struct ig_socket *s);

/* The two belong together. */
void ig_socket_pair(ThreadId tid, Int a, Int b);

#endif
