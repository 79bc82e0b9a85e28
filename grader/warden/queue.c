/* SPDX-License-Identifier: MIT */
/* Message queues as the suite's raw peer sees them: opened, filled and emptied on command. They
 * live in the jail's IPC namespace, where the suite is not. A POSIX queue is handed over as a
 * descriptor; System V queues have none, so each call on one is made here, never waiting. */
#include "gr_io.h"
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

/* A message, with its type in front as the kernel wants it. */
static struct {
    long type;
    char text[GR_QUEUE_MAX];
} message;

/* Names the suite has spoken of. Without a jail they must not outlive this scene, and /dev/mqueue,
 * where the census looks, may not be mounted. */
static char names[GR_MAX_QUEUES][64];
static unsigned nnames;

static void remember(const char *name)
{
    for (unsigned i = 0; i < nnames; i++)
        if (strcmp(names[i], name) == 0)
            return;
    if (nnames < GR_MAX_QUEUES && strlen(name) < sizeof names[0])
        snprintf(names[nnames++], sizeof names[0], "%s", name);
}

void queue_clean(void)
{
    for (unsigned i = 0; i < nnames; i++)
        mq_unlink(names[i]); /* mostly gone already */
}

static void answer(struct warden *w, int error, int id, int64_t a, int fd)
{
    static struct gr_msg m;

    m = (struct gr_msg){.type = GR_REP_DONE, .pid = id, .value = error, .a = a};
    say(w, &m, fd >= 0 ? &fd : NULL, fd >= 0 ? 1 : 0);
}

void queue_open(struct warden *w, const struct gr_msg *m)
{
    struct mq_attr attr = {.mq_maxmsg = (long)m->a, .mq_msgsize = (long)m->b};
    int flags = O_RDWR | O_NONBLOCK | O_CLOEXEC, error;
    mqd_t q;

    remember(m->payload);
    if (m->value != 0) /* the mode of a queue to be made, which must not be there yet */
        q = mq_open(m->payload, flags | O_CREAT | O_EXCL, (mode_t)m->value,
                    attr.mq_maxmsg > 0 ? &attr : NULL);
    else
        q = mq_open(m->payload, flags);
    error = q == (mqd_t)-1 ? errno : 0;
    answer(w, error, 0, 0, q);
    if (q != (mqd_t)-1)
        mq_close(q);
}

void queue_unlink(struct warden *w, const struct gr_msg *m)
{
    answer(w, mq_unlink(m->payload) == -1 ? errno : 0, 0, 0, -1);
}

/* Return: 0 or an errno; the answer is sent by the caller. */
static int send_text(const struct gr_msg *m)
{
    if (m->len > sizeof message.text)
        return EMSGSIZE;
    message.type = (long)m->a;
    memcpy(message.text, m->payload, m->len);
    return msgsnd(m->pid, &message, m->len, IPC_NOWAIT) == -1 ? errno : 0;
}

static void take_text(struct warden *w, const struct gr_msg *m)
{
    static struct gr_msg out;
    ssize_t n = msgrcv(m->pid, &message, sizeof message.text, (long)m->a, IPC_NOWAIT);

    out = (struct gr_msg){.type = GR_REP_DONE, .pid = m->pid, .value = n == -1 ? errno : 0};
    if (n >= 0) {
        out.a = message.type;
        out.len = (uint32_t)n;
        memcpy(out.payload, message.text, (size_t)n);
    }
    say(w, &out, NULL, 0);
}

static void tell_state(struct warden *w, int id)
{
    static struct gr_msg out;
    struct gr_queue_state state = {0};
    struct msqid_ds ds;

    out = (struct gr_msg){.type = GR_REP_DONE, .pid = id, .len = sizeof state};
    if (msgctl(id, IPC_STAT, &ds) == -1)
        out.value = errno;
    else
        state = (struct gr_queue_state){.messages = ds.msg_qnum,
                                        .bytes = ds.__msg_cbytes,
                                        .room = ds.msg_qbytes,
                                        .mode = ds.msg_perm.mode & 0777,
                                        .last_sender = ds.msg_lspid,
                                        .last_receiver = ds.msg_lrpid};
    memcpy(out.payload, &state, sizeof state);
    say(w, &out, NULL, 0);
}

void queue_sysv(struct warden *w, const struct gr_msg *m)
{
    int id;

    switch (m->value) {
    case GR_SYSV_KEY:
        id = ftok(m->payload, (int)m->a);
        answer(w, id == -1 ? errno : 0, 0, id, -1);
        break;
    case GR_SYSV_GET:
        id = msgget((key_t)m->a, (int)m->b);
        answer(w, id == -1 ? errno : 0, id, 0, -1);
        break;
    case GR_SYSV_SEND:
        answer(w, send_text(m), m->pid, 0, -1);
        break;
    case GR_SYSV_TAKE:
        take_text(w, m);
        break;
    case GR_SYSV_STATE:
        tell_state(w, m->pid);
        break;
    case GR_SYSV_REMOVE:
        answer(w, msgctl(m->pid, IPC_RMID, NULL) == -1 ? errno : 0, m->pid, 0, -1);
        break;
    default:
        answer(w, EBADMSG, 0, 0, -1);
    }
}

bool queue_room(unsigned need)
{
    mqd_t held[GR_MAX_QUEUES];
    unsigned have = census_queues(), n = 0;
    int error = 0;

    for (; have + n < need && n < GR_MAX_QUEUES; n++) {
        held[n] = mq_open("/gr-room", O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
        if (held[n] == (mqd_t)-1) {
            error = errno;
            break;
        }
        mq_unlink("/gr-room"); /* its bytes stay taken as long as the descriptor is there */
    }
    for (unsigned i = 0; i < n; i++)
        mq_close(held[i]);
    return error != EMFILE;
}
