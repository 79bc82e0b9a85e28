/* SPDX-License-Identifier: MIT */
/** The bounded memory behind one pipe of a child. */
#ifndef POOL_BUF_H
#define POOL_BUF_H

#include "pool.h"

/** Take @fd; keep the first @cap bytes and, with @tail, the last POOL_TAIL. */
void pool_buf_init(struct pool_buf *b, int fd, size_t cap, bool tail);
/** Read once; at the end of the file the descriptor is closed. */
void pool_buf_read(struct pool_buf *b);
/** Read what is there without waiting for a writer that may live on; close. */
void pool_buf_drain(struct pool_buf *b);
void pool_buf_release(struct pool_buf *b);

#endif
