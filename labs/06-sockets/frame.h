/* SPDX-License-Identifier: MIT */
/**
 * Frames: messages on a byte stream (part 6A).
 *
 * A stream socket carries bytes, not messages: what was sent by one call may
 * arrive in pieces, or together with what was sent by the next. So each message
 * says how long it is. On the wire a frame is
 *
 *     4 bytes  length of the payload, in network byte order, 0 to 65536
 *     length   the payload
 *
 *  1. frame_write() sends one.
 *  2. frame_read() receives one; the payload is yours: free() it.
 *
 * Both work on a connected stream socket in blocking mode, whatever its family.
 * They never close @fd and keep nothing between two calls. Neither ever fails
 * with EINTR: an interrupted call is repeated.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>

enum { FRAME_HEAD = 4, FRAME_MAX = 65536 };

/**
 * Receive one frame from @fd.
 *
 * Blocks until the frame is complete, and no longer. Takes no byte behind the
 * frame out of @fd. Nothing is allocated, and no payload awaited, for a length
 * that is too large: of such a frame only the 4 bytes of the length are taken.
 *
 * Return: 1, with a block from malloc() in *@payload (never NULL, also for a
 *         length of 0; the caller frees it) and its length in *@len;
 *         0 at the end of the stream, if not one byte of a frame came before;
 *         -1 with errno: EPROTO (the end came inside a frame), EMSGSIZE (the
 *         length is over FRAME_MAX), ENOMEM, or as the system call set it. For
 *         0 and -1 *@payload is NULL and *@len is 0. After -1 the stream is of
 *         no use any more.
 */
int frame_read(int fd, unsigned char **payload, size_t *len);

/**
 * Send @len bytes of @payload as one frame to @fd.
 *
 * Blocks until the kernel has taken all of it. @payload stays the caller's; it
 * may be NULL if @len is 0. A peer that has gone raises no SIGPIPE.
 *
 * Return: 0, or -1 with errno: EMSGSIZE (@len is over FRAME_MAX; nothing was
 *         sent), EPIPE or ECONNRESET (the peer has gone), or as the system call
 *         set it.
 */
int frame_write(int fd, const void *payload, size_t len);

#endif
