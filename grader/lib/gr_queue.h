/* SPDX-License-Identifier: MIT */
/**
 * The suite as a raw peer of message queues: it plants them, sends and takes single messages, and
 * sees what a program really put into a queue.
 *
 * The queues are those of the scene's jail. A POSIX queue is a descriptor the warden handed over;
 * calls on it are the suite's own. A System V queue is a number; each call on it is a request to
 * the warden. Nothing here is a program in the jail, so nothing in the jail can pretend to be it.
 *
 *  1. gr_mq_make() plants a queue, gr_mq_find() opens one that a program made.
 *  2. gr_mq_put(), gr_mq_take() move one message; gr_mq_wait_taken() waits until the programs
 *     have taken all.
 *  3. The same for System V: gr_sysv_key(), gr_sysv_make(), gr_sysv_find(), gr_sysv_put(),
 *     gr_sysv_take(), gr_sysv_state().
 *
 * The functions that wait are waits of the scene (gr_scene.h): they return false at once when it
 * stopped, or when all programs have ended; a jail in which nothing moves meanwhile is a deadlock.
 */
#ifndef GR_QUEUE_H
#define GR_QUEUE_H

#include "gr_scene.h"

/** One message, with the priority of a POSIX queue or the type of a System V queue. */
struct gr_letter {
    long kind;
    size_t len;
    char text[GR_QUEUE_MAX + 1]; /* a '\0' stands behind its end */
};

/** Make the POSIX queue @name ("/jobs"), which must not be there; that it stays counts against no
 *  program. Return: a descriptor that never
 *  waits, the caller's to close; -1 with errno as of mq_open. */
int gr_mq_make(struct gr_scene *s, const char *name, long maxmsg, long msgsize, mode_t mode);
/** Open the POSIX queue @name. Return: as above; ENOENT: there is none. */
int gr_mq_find(struct gr_scene *s, const char *name);
/** Return: 0, or -1 with errno. */
int gr_mq_unlink(struct gr_scene *s, const char *name);
/** Send @len bytes with priority @prio, waiting for room. Return: true when it is in the queue. */
bool gr_mq_put(struct gr_scene *s, int queue, unsigned prio, const void *data, size_t len);
/** Take the next message, waiting for it. Return: true with *@letter filled. */
bool gr_mq_take(struct gr_scene *s, int queue, struct gr_letter *letter);
/** Wait until the queue is empty. */
bool gr_mq_wait_taken(struct gr_scene *s, int queue);
/** Return: how many messages lie in it now, -1 with errno. */
long gr_mq_count(int queue);

/** ftok() in the jail's work folder. Return: 0, or -1 with errno. */
int gr_sysv_key(struct gr_scene *s, const char *path, int project, int *key);
/** Return: the id of a new queue with @key, or -1 with errno (EEXIST). */
int gr_sysv_make(struct gr_scene *s, int key, mode_t mode);
/** Return: the id of the queue with @key, or -1 with errno (ENOENT). */
int gr_sysv_find(struct gr_scene *s, int key);
/** Send, waiting for room. Return: true when it is in the queue. */
bool gr_sysv_put(struct gr_scene *s, int queue, long type, const void *data, size_t len);
/** Take the first message that @type asks for (as in msgrcv), waiting for it. */
bool gr_sysv_take(struct gr_scene *s, int queue, long type, struct gr_letter *letter);
/** The same without waiting. Return: 0, or -1 with errno (ENOMSG). */
int gr_sysv_take_now(struct gr_scene *s, int queue, long type, struct gr_letter *letter);
/** Wait until no message is in it. */
bool gr_sysv_wait_taken(struct gr_scene *s, int queue);
/** Return: 0 with *@state filled, or -1 with errno (EINVAL, EIDRM: it is gone). */
int gr_sysv_state(struct gr_scene *s, int queue, struct gr_queue_state *state);
int gr_sysv_remove(struct gr_scene *s, int queue);

#endif
