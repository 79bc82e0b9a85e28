/* SPDX-License-Identifier: MIT */
/**
 * Listening sockets and their arguments, for echod, chatd and vaultd (part 6B).
 *
 *  1. listen_tcp() or listen_unix() makes the socket; clients can connect from
 *     then on.
 *  2. listen_port() tells the port, needed when it was 0.
 *  3. The caller accepts, and closes the socket; whoever made a UNIX socket
 *     removes its path at the end with unlink().
 *
 * Nothing here blocks. The sockets are close-on-exec, in blocking mode, and
 * their queue holds at least 64 waiting connections.
 *
 * These functions are for you: the grader tests your programs, not them. Write
 * others if you like, here or elsewhere.
 */
#ifndef LISTEN_H
#define LISTEN_H

enum { LISTEN_QUEUE = 128 };

/** Return: the number that @text writes in digits, and nothing else, if it is
 *  not above @max; else -1. */
long listen_number(const char *text, long max);

/**
 * Listen on @port of the loopback address 127.0.0.1; 0 means any free port.
 * Works at once after another server had the port, even if connections of that
 * one still linger in TIME_WAIT.
 *
 * Return: a descriptor, or -1 with errno: EADDRINUSE (somebody listens there),
 *         EACCES (a port below 1024), or as the system call set it.
 */
int listen_tcp(unsigned port);

/** Return: the port @fd listens on, or -1 with errno. */
int listen_port(int fd);

/**
 * Listen on the UNIX socket @path, which is made with mode 0600. A socket left
 * there by a server that has gone is replaced.
 *
 * Return: a descriptor, or -1 with errno: ENAMETOOLONG (@path does not fit into
 *         a sockaddr_un), EADDRINUSE (a server is alive there, or @path is
 *         something else than a socket; either is left untouched), or as the
 *         system call set it.
 */
int listen_unix(const char *path);

#endif
