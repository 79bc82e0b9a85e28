/* SPDX-License-Identifier: MIT */
/**
 * Reading and writing a whole record at a time (part 1A).
 *
 * read() and write() may move fewer bytes than asked, and may be interrupted
 * by a signal. Programs that talk over pipes want neither. These functions
 * hide both:
 *
 *  1. write_full() sends a record.
 *  2. read_full() receives a record of known size; fewer bytes than asked
 *     mean that the other side has closed its end.
 *  3. read_line() receives text, line by line, and leaves what follows the
 *     line in the descriptor, so that anybody may go on reading there.
 *
 * All three work on any descriptor in blocking mode: a pipe, a FIFO, a stream
 * socket, a terminal, a file. They open nothing, keep nothing between two
 * calls, write nothing to the terminal, change no signal disposition, and
 * never close @fd: it stays the caller's. None of them ever fails with EINTR:
 * an interrupted call is repeated.
 */
#ifndef IO_H
#define IO_H

#include <stddef.h>
#include <sys/types.h>

/**
 * Read exactly @n bytes from @fd into @buf, unless the end comes first.
 *
 * Blocks until @n bytes have arrived or every writer has closed. Takes no
 * byte more than @n out of @fd, and touches no byte outside buf[0..n-1].
 *
 * Return: @n; or fewer, the number of bytes stored, if the end came first (0:
 *         the end, and not one byte before it; also if @n is 0); or -1 with
 *         errno as read() set it. After -1 the bytes already taken are lost.
 */
ssize_t read_full(int fd, void *buf, size_t n);

/**
 * Write all @n bytes of @buf to @fd.
 *
 * Blocks until the kernel has taken them all. @buf stays unchanged.
 *
 * Return: @n; or -1 with errno as write() set it. After -1 nobody knows how
 *         many bytes were written. Without a reader on a pipe: SIGPIPE, as
 *         always; if the caller ignores that signal, -1 with EPIPE.
 */
ssize_t write_full(int fd, const void *buf, size_t n);

/**
 * Read one line from @fd into @buf, which has room for @cap bytes.
 *
 * Stores at most @cap - 1 bytes and then a '\0'. Stops behind the first '\n',
 * which is stored, or when @cap - 1 bytes are stored, or at the end. So a line
 * too long for @buf comes in pieces: only the last piece ends in '\n'. The
 * last line of the input may have no '\n'. A '\0' in the input is a byte like
 * any other. No byte behind the line (or the piece) is taken out of @fd.
 *
 * Return: the number of bytes stored, without the '\0' at the end; 0 at the
 *         end of the input (then @buf holds ""); or -1 with errno: EINVAL if
 *         @cap is less than 2 (nothing is read), else as read() set it. After
 *         -1 the bytes already taken are lost and @buf is undefined.
 */
ssize_t read_line(int fd, char *buf, size_t cap);

#endif
