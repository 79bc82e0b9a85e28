/* SPDX-License-Identifier: MIT */
/**
 * What logc writes into the FIFO of logd (part 2A).
 *
 * Several clients write into one FIFO at the same time. The kernel keeps the
 * bytes of one write() together if they are at most PIPE_BUF (4096 on Linux);
 * those of a longer one it may mix with the bytes of others. So a line of text
 * travels as one record of one or more chunks:
 *
 *  1. The client cuts the line, without its newline, into pieces of at most
 *     LOG_DATA_MAX bytes. An empty line is one empty piece.
 *  2. Each piece becomes one struct log_chunk: its members up to `data`, then
 *     `len` bytes of data, in ONE write() of LOG_HEADER + len bytes.
 *  3. The first chunk of a record has LOG_FIRST in its flags, the last one
 *     LOG_LAST; a record of one chunk has both.
 *  4. The server puts the pieces of each `pid` together: between the chunks of
 *     one client those of others may come.
 *
 * A chunk with LOG_FIRST begins a new record of its client: what was there of
 * an older one, which never got its last chunk, is thrown away. (A client may
 * be killed in the middle, and its process id may come again.) A chunk without
 * LOG_FIRST for which no record was begun is thrown away, and so is a record
 * that grows longer than LOG_LINE_MAX.
 *
 * All numbers are in the byte order of the machine.
 */
#ifndef LOG_H
#define LOG_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOG_TAG_MAX = 32,     /* bytes of the tag, with at least one '\0' */
    LOG_LINE_MAX = 65536, /* bytes of a line, without its newline */
    LOG_HEADER = 44,      /* bytes of a chunk before its data */
    LOG_DATA_MAX = PIPE_BUF - LOG_HEADER,
};

enum log_flags { LOG_FIRST = 1, LOG_LAST = 2 };

struct log_chunk {
    int32_t pid;           /* getpid() of the client */
    uint32_t flags;        /* enum log_flags */
    uint32_t len;          /* bytes of data that follow, 0 to LOG_DATA_MAX */
    char tag[LOG_TAG_MAX]; /* filled up with '\0': all 32 bytes are sent */
    char data[LOG_DATA_MAX];
};

_Static_assert(offsetof(struct log_chunk, data) == LOG_HEADER, "no padding");

#endif
