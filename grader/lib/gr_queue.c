/* SPDX-License-Identifier: MIT */
/* The raw peer of message queues. System V queues are asked through the warden, again and again
 * while a wait lasts: nothing in the kernel tells when one of them changes. */
#include "gr_queue.h"

#include <errno.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/stat.h>

enum { ASK_MS = 5 };

/* The peer acts, so the jail's silence is not yet that of a deadlock. */
static void moved(struct gr_scene *s)
{
    s->moved_at = gr_now_ms();
}

static int open_queue(struct gr_scene *s, const char *name, struct gr_order o)
{
    int error;

    o.type = GR_REQ_MQ_OPEN;
    o.path = name;
    error = gr_scene_order(s, o);
    errno = error;
    return error ? -1 : s->reply_fd;
}

int gr_mq_make(struct gr_scene *s, const char *name, long maxmsg, long msgsize, mode_t mode)
{
    struct gr_order o = {.value = (int)mode, .a = maxmsg, .b = msgsize};
    int queue = open_queue(s, name, o);

    if (queue != -1 && s->nplanted < sizeof s->planted / sizeof *s->planted)
        snprintf(s->planted[s->nplanted++], sizeof *s->planted, "%s", name + (name[0] == '/'));
    return queue;
}

int gr_mq_find(struct gr_scene *s, const char *name)
{
    return open_queue(s, name, (struct gr_order){.value = 0});
}

int gr_mq_unlink(struct gr_scene *s, const char *name)
{
    errno = gr_scene_order(s, (struct gr_order){.type = GR_REQ_MQ_UNLINK, .path = name});
    return errno ? -1 : 0;
}

struct exchange {
    struct gr_scene *s;
    int queue;
    long kind;
    const void *data;
    size_t len;
    struct gr_letter *letter;
    bool done;
};

/* Nobody is left to change anything: the last look has been taken. */
static bool over(const struct exchange *x)
{
    return x->done || gr_all_ended(x->s);
}

static bool try_put(void *arg)
{
    struct exchange *x = arg;

    x->done = mq_send(x->queue, x->data, x->len, (unsigned)x->kind) == 0;
    if (x->done)
        moved(x->s);
    return over(x);
}

bool gr_mq_put(struct gr_scene *s, int queue, unsigned prio, const void *data, size_t len)
{
    struct exchange x = {.s = s, .queue = queue, .kind = (long)prio, .data = data, .len = len};

    gr_scene_wait(s, try_put, &x, ASK_MS);
    return x.done;
}

static bool try_take(void *arg)
{
    struct exchange *x = arg;
    unsigned prio = 0;
    ssize_t n = mq_receive(x->queue, x->letter->text, GR_QUEUE_MAX, &prio);

    x->done = n >= 0;
    if (x->done) {
        x->letter->len = (size_t)n;
        x->letter->text[n] = '\0';
        x->letter->kind = (long)prio;
        moved(x->s);
    }
    return over(x);
}

bool gr_mq_take(struct gr_scene *s, int queue, struct gr_letter *letter)
{
    struct exchange x = {.s = s, .queue = queue, .letter = letter};

    gr_scene_wait(s, try_take, &x, ASK_MS);
    if (!x.done)
        try_take(&x); /* what the last program sent before its end */
    return x.done;
}

long gr_mq_count(int queue)
{
    struct mq_attr attr;

    return mq_getattr(queue, &attr) == -1 ? -1 : attr.mq_curmsgs;
}

static bool is_empty(void *arg)
{
    struct exchange *x = arg;

    x->done = gr_mq_count(x->queue) == 0;
    return over(x);
}

bool gr_mq_wait_taken(struct gr_scene *s, int queue)
{
    struct exchange x = {.s = s, .queue = queue};

    gr_scene_wait(s, is_empty, &x, ASK_MS);
    return x.done;
}

/* One request about System V queues. Return: 0, or -1 with errno; the answer is s->reply. */
static int ask(struct gr_scene *s, struct gr_order o)
{
    o.type = GR_REQ_SYSV;
    errno = gr_scene_order(s, o);
    return errno ? -1 : 0;
}

int gr_sysv_key(struct gr_scene *s, const char *path, int project, int *key)
{
    if (ask(s, (struct gr_order){.value = GR_SYSV_KEY, .a = project, .path = path}) == -1)
        return -1;
    *key = (int)s->reply->a;
    return 0;
}

static int get(struct gr_scene *s, int key, int flags)
{
    return ask(s, (struct gr_order){.value = GR_SYSV_GET, .a = key, .b = flags}) == -1
               ? -1
               : s->reply->pid;
}

int gr_sysv_make(struct gr_scene *s, int key, mode_t mode)
{
    return get(s, key, IPC_CREAT | IPC_EXCL | (int)mode);
}

int gr_sysv_find(struct gr_scene *s, int key)
{
    return get(s, key, 0);
}

/* Return: 0 or an errno. */
static int send_now(const struct exchange *x)
{
    struct gr_msg *m = gr_xcalloc(1, sizeof *m);
    int error = EMSGSIZE;

    *m = (struct gr_msg){.type = GR_REQ_SYSV,
                         .value = GR_SYSV_SEND,
                         .pid = x->queue,
                         .a = x->kind,
                         .len = (uint32_t)x->len};
    if (x->len <= GR_QUEUE_MAX) {
        memcpy(m->payload, x->data, x->len);
        error = gr_scene_ask(x->s, m, NULL, 0);
    }
    free(m);
    return error;
}

static bool try_sysv_put(void *arg)
{
    struct exchange *x = arg;
    int error = send_now(x);

    x->done = error == 0;
    if (x->done)
        moved(x->s);
    return over(x) || error != EAGAIN;
}

bool gr_sysv_put(struct gr_scene *s, int queue, long type, const void *data, size_t len)
{
    struct exchange x = {.s = s, .queue = queue, .kind = type, .data = data, .len = len};

    gr_scene_wait(s, try_sysv_put, &x, ASK_MS);
    return x.done;
}

int gr_sysv_take_now(struct gr_scene *s, int queue, long type, struct gr_letter *letter)
{
    if (ask(s, (struct gr_order){.value = GR_SYSV_TAKE, .pid = queue, .a = type}) == -1)
        return -1;
    letter->kind = (long)s->reply->a;
    letter->len = s->reply->len;
    memcpy(letter->text, s->reply->payload, s->reply->len);
    letter->text[s->reply->len] = '\0';
    moved(s);
    return 0;
}

static bool try_sysv_take(void *arg)
{
    struct exchange *x = arg;

    x->done = gr_sysv_take_now(x->s, x->queue, x->kind, x->letter) == 0;
    return over(x) || errno != ENOMSG;
}

bool gr_sysv_take(struct gr_scene *s, int queue, long type, struct gr_letter *letter)
{
    struct exchange x = {.s = s, .queue = queue, .kind = type, .letter = letter};

    gr_scene_wait(s, try_sysv_take, &x, ASK_MS);
    if (!x.done && s->stop == GR_GO)
        try_sysv_take(&x); /* what the last program sent before its end */
    return x.done;
}

int gr_sysv_state(struct gr_scene *s, int queue, struct gr_queue_state *state)
{
    if (ask(s, (struct gr_order){.value = GR_SYSV_STATE, .pid = queue}) == -1)
        return -1;
    memcpy(state, s->reply->payload, sizeof *state);
    return 0;
}

static bool is_sysv_empty(void *arg)
{
    struct exchange *x = arg;
    struct gr_queue_state state;
    int rc = gr_sysv_state(x->s, x->queue, &state);

    x->done = rc == 0 && state.messages == 0;
    return over(x) || rc == -1;
}

bool gr_sysv_wait_taken(struct gr_scene *s, int queue)
{
    struct exchange x = {.s = s, .queue = queue};

    gr_scene_wait(s, is_sysv_empty, &x, ASK_MS);
    return x.done;
}

int gr_sysv_remove(struct gr_scene *s, int queue)
{
    return ask(s, (struct gr_order){.value = GR_SYSV_REMOVE, .pid = queue});
}
