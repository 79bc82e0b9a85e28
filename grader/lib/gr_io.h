/* SPDX-License-Identifier: MIT */
/**
 * Small things every part of the grader needs: clocks, buffers with a cap, whole writes,
 * and messages with descriptors.
 */
#ifndef GR_IO_H
#define GR_IO_H

#include "gr_alloc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct gr_msg;
struct rusage;

/** Milliseconds of CLOCK_MONOTONIC: never jumps with the calendar. */
int64_t gr_now_ms(void);

/** CRC-32 of @len bytes at @p, as in zlib (polynomial 0xEDB88320, RFC 1952 section 8). */
uint32_t gr_crc32(const char *p, size_t len);

#define GR_PRESSURE "/proc/pressure/cpu"
/**
 * Milliseconds since boot in which some task of this machine waited for a processor, as @path tells
 * (GR_PRESSURE; Documentation/accounting/psi.rst of the kernel). Return: 0 if it does not tell.
 */
int64_t gr_stalled_ms(const char *path);

/** CPU milliseconds of @ru, user and system together. */
long gr_cpu_ms(const struct rusage *ru);

/** Bytes that grow up to a cap. `lost` counts what came after it. */
struct gr_buf {
    char *data; /* always NUL-terminated once anything was added; NULL when empty */
    size_t len;
    size_t room;
    size_t cap; /* 0 = 1 MiB */
    size_t lost;
};
void gr_buf_add(struct gr_buf *b, const void *data, size_t len);
void gr_buf_release(struct gr_buf *b);
/** Return: the text, "" when empty. */
const char *gr_buf_text(const struct gr_buf *b);

/** Write all of @len bytes, going on after EINTR and short counts. Return: 0, or -1 with errno. */
int gr_write_all(int fd, const void *data, size_t len);
/** Read a small file (a /proc entry) whole. Return: bytes stored (NUL added), or -1 with errno. */
ssize_t gr_read_file(const char *path, char *buf, size_t cap);

int gr_set_nonblock(int fd);
int gr_set_cloexec(int fd, bool on);
/** pipe2(O_CLOEXEC) with both ends at 10 or above, so that they never sit on 0-2. */
int gr_pipe(int fds[2]);

/** Send one message with @nfds descriptors. Return: 0, or -1 with errno. */
int gr_msg_send(int sock, const struct gr_msg *m, const int *fds, size_t nfds);
/**
 * Receive one message; descriptors that come with it are close-on-exec and the caller's.
 * Return: 1, 0 when the peer is gone, -1 with errno (EAGAIN on a non-blocking socket,
 * EBADMSG for a packet that is no message).
 */
int gr_msg_recv(int sock, struct gr_msg *m, int *fds, size_t *nfds);

#endif
