/* SPDX-License-Identifier: MIT */
/**
 * The server's side of a FIFO: what logd and seqd have in common.
 *
 *  1. server_open() makes the FIFO and opens it. From now on clients can
 *     connect: print READY.
 *  2. server_wait() sleeps until there is something to read, or SIGTERM came.
 *     After 1: read() until it fails with EAGAIN, then wait again.
 *  3. After 0: server_remove(), then read() until EAGAIN once more: what the
 *     kernel had accepted before the signal is still there.
 *
 * You write these in server.c, which is linked to logd and to seqd, and to
 * nothing else. It is not graded by itself: whoever wants to do it in another
 * way leaves it as it is, and writes his own functions under other names.
 */
#ifndef SERVER_H
#define SERVER_H

/**
 * Make the FIFO @path, or use one that an earlier server has left there, and
 * open it for reading in O_NONBLOCK mode.
 *
 * Never blocks. A new FIFO has mode 0600, whatever the umask. A write end is
 * kept open, too, until the process ends: so read() never returns 0. SIGTERM is
 * blocked from now on, but for the time that server_wait() sleeps. SIGPIPE is
 * ignored. One server a process.
 *
 * Return: the descriptor to be read, the caller's; or -1 with errno: EEXIST if
 *         something other than a FIFO is there (it stays untouched), else as
 *         the call that failed has set it.
 */
int server_open(const char *path);

/**
 * Sleep until @rfd can be read, or SIGTERM came.
 *
 * Return: 1 to read, 0 after SIGTERM, or -1 with errno. Never fails with EINTR.
 */
int server_wait(int rfd);

/**
 * Take the name @path of the FIFO away, so that nobody new connects.
 *
 * Who has it open goes on as before. Return: 0, or -1 with errno.
 */
int server_remove(const char *path);

#endif
