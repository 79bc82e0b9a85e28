/* SPDX-License-Identifier: MIT */
/**
 * Peers: the grader as a raw client, or a raw server, of a student's socket program.
 *
 * The warden makes the socket inside the jail, so that its paths, ports and user are the jail's,
 * and hands the descriptor out. From then on the suite holds the only end. A peer is served by the
 * scene's event loop: what comes is collected, what is to be sent goes out as there is room.
 *
 *  1. gr_peer_connect() to a server, or gr_peer_listen() and gr_peer_accept() as one.
 *  2. gr_peer_send() and the waits. Each wait ends when all programs ended or a limit was hit.
 *  3. gr_peer_shut(), gr_peer_close() or gr_peer_reset(); gr_scene_close() frees all peers.
 *
 * A peer that is `mute` is never read from: its kernel buffers fill. One that dribbles sends one
 * byte at a time, the next only when the program has taken the last (UNIX sockets, which can tell).
 */
#ifndef GR_PEER_H
#define GR_PEER_H

#include "gr_scene.h"

enum { GR_PEER_FDS = 8 };

/** Where to connect to, and how. */
struct gr_peer_to {
    const char *path; /* UNIX; NULL: TCP */
    int port;         /* TCP, on loopback; for gr_peer_listen() 0 = any */
    int rcvbuf;       /* SO_RCVBUF before the connection is made; 0 = the system's */
    int queue;        /* gr_peer_listen(): of how many waiting connections; 0 = 64 */
    bool once;        /* gr_peer_connect(): do not wait for room in the server's queue */
};

struct gr_peer {
    struct gr_scene *scene;
    struct gr_peer *next; /* of the scene */
    int fd;               /* non-blocking; -1 = closed */
    bool connecting;
    bool listening;
    bool mute;
    bool dribble;
    bool shut_after;      /* shut down our side once all is sent */
    bool ended;           /* the other side sent its end, or is gone */
    int error;            /* errno of what ended it, ECONNRESET or EPIPE; 0 = a clean end */
    struct gr_buf in;     /* what came; 80 MiB at most */
    char *out;            /* what is still to be sent, from `sent` on */
    size_t out_len, sent; /* `sent` grows; both are 0 again when all is out */
    uint64_t total_sent;
    int fds[GR_PEER_FDS]; /* that came beside the data (SCM_RIGHTS), close-on-exec */
    size_t nfds;
    bool fds_cut; /* more came than there is room for */
};

/**
 * Connect, waiting while the server's queue is full. Return: a peer, never NULL; with fd -1 and
 * `error` set if there is nobody to connect to (ENOENT, ECONNREFUSED), or the scene stopped; with
 * `once` also if the queue is full (EAGAIN), which is certain only while the server is held.
 */
struct gr_peer *gr_peer_connect(struct gr_scene *s, const struct gr_peer_to *to);
/** Listen. *@port is the TCP port. Return: a peer for gr_peer_accept(); fd -1 with `error`. */
struct gr_peer *gr_peer_listen(struct gr_scene *s, const struct gr_peer_to *to, int *port);
/** Wait for a connection. Return: a peer, fd -1 if none came. */
struct gr_peer *gr_peer_accept(struct gr_peer *listener);
/** Make a peer of @fd, which it takes over: one end of a socketpair() whose other a program has. */
struct gr_peer *gr_peer_adopt(struct gr_scene *s, int fd);

/** Queue @len bytes; they are copied. Lost if the peer has ended. */
void gr_peer_send(struct gr_peer *p, const void *data, size_t len);
void gr_peer_say(struct gr_peer *p, const char *text);
/** Send @len bytes and @n descriptors beside the first of them, at once. Return: 0 or -1, errno. */
int gr_peer_send_fds(struct gr_peer *p, const void *data, size_t len, const int *fds, size_t n);

/** Take over the first descriptor that came. Return: -1 if none is there. */
int gr_peer_take_fd(struct gr_peer *p);

/** Wait until all that was queued is in the kernel. Return: true if it is. */
bool gr_peer_wait_sent(struct gr_peer *p);
/** Wait until @n bytes have come in all. Return: true if they have. */
bool gr_peer_wait_bytes(struct gr_peer *p, size_t n);
/** Wait until the whole line @line (without its newline) has come at or behind offset @from. */
bool gr_peer_wait_line(struct gr_peer *p, size_t from, const char *line);
/** Wait for the end the other side sends. Return: true if it came, cleanly or not: see `error`. */
bool gr_peer_wait_end(struct gr_peer *p);
/** Wait until @fn says so, pumping the scene. Return: what it said last. */
bool gr_peer_wait(struct gr_scene *s, bool (*fn)(void *), void *arg);

/** Send our end after what is queued; receiving goes on. */
void gr_peer_shut(struct gr_peer *p);
void gr_peer_close(struct gr_peer *p);
/** Close with a reset: TCP by SO_LINGER 0. What is unread or unsent is lost. */
void gr_peer_reset(struct gr_peer *p);

/** The inode's mode of @path in the jail (a socket, too), or -1 with errno. */
int gr_jail_mode(struct gr_scene *s, const char *path);
/** How many processes of the jail there are, zombies included, beside the programs started. Their
 *  facts (GR_FACT_PROCESS) are forgotten again. -1: unknown, the scene stopped. */
int gr_jail_processes(struct gr_scene *s);
/** Wait until the jail holds nothing but the programs started; until it is stuck, at most. Return:
 *  true if so: no child is there, and no zombie. */
bool gr_wait_childless(struct gr_scene *s);

/* Used by the event loop. */
short gr_peer_events(const struct gr_peer *p);
/** Is there something only time can tell: a dribble that waits to be taken? */
bool gr_peer_restless(const struct gr_peer *p);
/** Could the dribble's next byte go now? */
bool gr_peer_due(const struct gr_peer *p);
void gr_peer_pump(struct gr_peer *p);
void gr_peers_free(struct gr_scene *s);

#endif
