/* SPDX-License-Identifier: MIT */
/**
 * Peers of our own: the suite itself as client or server at the other end of a FIFO.
 *
 * A raw peer does what no correct program does: it sends half a request, asks and never reads,
 * goes away in between. It works on descriptors that gr_jail_open() gave, which never block; the
 * waits here serve the jail meanwhile, as those of gr_scene.h do, and end as they do.
 *
 *  1. gr_jail_mkfifo(), then gr_jail_open(): O_RDONLY or O_RDWR always works, O_WRONLY once
 *     somebody reads. O_RDWR stands for a peer that is there and can be left by close().
 *  2. gr_put_fd() writes, gr_wait_fd_line() and gr_wait_fd_end() read.
 *  3. gr_fill_fd() makes a FIFO full: who writes then stays in its write() until the suite reads.
 * So a program is held at its write(), whatever function it writes with, and what it must have done
 * before can be looked at.
 */
#ifndef GR_FIFO_H
#define GR_FIFO_H

#include "gr_suite.h"

/** Write all @len bytes, waiting for room. Return: true if they were taken; else errno may be
 *  EPIPE (nobody reads), or the scene has stopped. */
bool gr_put_fd(struct gr_scene *s, int fd, const char *data, size_t len);
/** Write @byte until there is room for exactly @room more bytes (less than a page): nothing of a
 *  write of at most PIPE_BUF bytes, but more than @room, then goes in. The capacity is set to one
 *  page. Return: bytes written, or -1 with errno. */
ssize_t gr_fill_fd(int fd, char byte, size_t room);
/** Open the FIFO @path for writing, as soon as somebody has it open for reading. Return: a
 *  descriptor, or -1 with errno ENXIO (all programs ended, or none can go on), or that of open. */
int gr_wait_writer(struct gr_scene *s, const char *path);
/** Add what comes to @b until it holds a newline behind offset @from. Return: true if it does. */
bool gr_wait_fd_line(struct gr_scene *s, int fd, struct gr_buf *b, size_t from);
/** Add what comes to @b until read() returns 0. Return: true if it did. */
bool gr_wait_fd_end(struct gr_scene *s, int fd, struct gr_buf *b);
/** Wait for a line of the call log, as gr_wait_call(), or until @fd can be read. Return: true if
 *  the line came. For places that a program may never pass. */
bool gr_wait_call_or_fd(struct gr_scene *s, size_t *at, const char *call, const char *part,
                        struct gr_call *out, int fd);

#endif
