/* SPDX-License-Identifier: MIT */
/* System V semaphores and message queues. The kernel tells who touched them last; that is often
 * who holds them, but not always, and the words say just that. */
#include "explain.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

enum { MAX_OPS = 16 };

static const struct proc *find_process(const struct picture *pic, pid_t pid)
{
    for (size_t i = 0; i < pic->t->n; i++)
        if (pic->t->p[i].pid == pid)
            return &pic->t->p[i];
    return NULL;
}

/* ", which has ended" for a process that is no more. */
static const char *fate(const struct picture *pic, pid_t pid)
{
    const struct proc *p = find_process(pic, pid);

    return p && p->state != 'Z' ? "" : ", which has ended,";
}

/* The first operation of the array that cannot be done now. Return: its index, -1 unknown. */
static int blocked_op(int semid, const struct sembuf *ops, size_t n, int *value)
{
    for (size_t i = 0; i < n; i++) {
        *value = semctl(semid, ops[i].sem_num, GETVAL);
        if (*value == -1)
            return -1;
        if ((ops[i].sem_op < 0 && *value < -ops[i].sem_op) || (ops[i].sem_op == 0 && *value != 0))
            return (int)i;
    }
    return -1;
}

static void put_toucher(const struct picture *pic, struct waiter *w, int semid, unsigned num)
{
    pid_t last = semctl(semid, (int)num, GETPID);
    char before[96];

    if (last <= 0) {
        put(&w->text, " No process has changed it so far.");
        return;
    }
    if (last == w->p->pid) {
        put(&w->text, " It changed that semaphore last itself: did it take it twice, or forget to "
                      "give it back?");
        return;
    }
    put(&w->text, " %s%s changed it last.", who(pic, last), fate(pic, last));
    if (*fate(pic, last)) {
        put(&w->text, " A process that ends while it holds a semaphore gives it back only with "
                      "SEM_UNDO.");
        return;
    }
    snprintf(before, sizeof before, "waits for semaphore %u of set %d, which", num, semid);
    add_link(w, last, before, "changed last");
}

void explain_semop(const struct picture *pic, struct waiter *w)
{
    int semid = (int)w->args[0], value = -1, waiting, i;
    struct sembuf ops[MAX_OPS] = {{0}};
    size_t n = w->args[2] < MAX_OPS ? w->args[2] : MAX_OPS;
    struct semid_ds ds = {0};

    put(&w->text, "%s waits in semop() on set %d", who_waits(w), semid);
    if (semctl(semid, 0, IPC_STAT, (union semun){.buf = &ds}) == 0)
        put(&w->text, " (key 0x%x)", (unsigned)ds.sem_perm.__key);
    if (!peek(w->tid, w->args[1], ops, n * sizeof *ops) ||
        (i = blocked_op(semid, ops, n, &value)) == -1) {
        put(&w->text, "; its values cannot be read here.");
        return;
    }
    if (ops[i].sem_op == 0)
        put(&w->text, " until semaphore %u becomes 0;", ops[i].sem_num);
    else
        put(&w->text, " to take %d from semaphore %u;", -ops[i].sem_op, ops[i].sem_num);
    waiting = semctl(semid, ops[i].sem_num, ops[i].sem_op ? GETNCNT : GETZCNT);
    put(&w->text, " its value is %d, and %d %s for it.", value, waiting,
        waiting == 1 ? "process waits" : "processes wait");
    put_toucher(pic, w, semid, ops[i].sem_num);
}

static void put_partner(const struct picture *pic, struct waiter *w, pid_t pid, const char *does,
                        int msqid)
{
    char before[96];

    if (pid == 0) {
        put(&w->text, " Nobody has ever %s it.", does);
        return;
    }
    if (pid == w->p->pid && does[0] == 's') {
        put(&w->text, " It was itself the last that sent to it.");
        return;
    }
    if (pid == w->p->pid) {
        put(&w->text, " It was itself the one that took messages out: while it waits here, nobody "
                      "makes room.");
        add_link(w, pid, "wants to put a message into a full queue from which only",
                 "takes messages");
        return;
    }
    put(&w->text, " %s%s was the last that %s it.", who(pic, pid), fate(pic, pid), does);
    if (*fate(pic, pid))
        return;
    snprintf(before, sizeof before, "waits for message queue %d, which", msqid);
    add_link(w, pid, before, does[0] == 's' ? "last sent to" : "last received from");
}

static void put_msg_type(struct text *out, long type)
{
    if (type == 0)
        put(out, " for a message of any type");
    else if (type > 0)
        put(out, " for a message of type %ld", type);
    else
        put(out, " for a message of type %ld or less", -type);
}

void explain_msg(const struct picture *pic, struct waiter *w)
{
    int msqid = (int)w->args[0];
    bool sends = w->nr == SYS_msgsnd;
    struct msqid_ds ds;

    put(&w->text, "%s waits in %s()", who_waits(w), sends ? "msgsnd" : "msgrcv");
    if (!sends)
        put_msg_type(&w->text, (long)w->args[3]);
    put(&w->text, " %s message queue %d", sends ? "for room in" : "from", msqid);
    if (msgctl(msqid, IPC_STAT, &ds) == -1) {
        put(&w->text, ", which cannot be read here (%s).", strerror(errno));
        return;
    }
    put(&w->text, " (key 0x%x): %lu message%s, %lu of %lu bytes.", (unsigned)ds.msg_perm.__key,
        ds.msg_qnum, ds.msg_qnum == 1 ? "" : "s", ds.__msg_cbytes, ds.msg_qbytes);
    if (!sends && ds.msg_qnum > 0 && w->args[3] != 0)
        put(&w->text, " None of them has the type it asks for.");
    if (sends && ds.msg_lspid > 0)
        put(&w->text, " %s%s sent to it last.", who(pic, ds.msg_lspid), fate(pic, ds.msg_lspid));
    put_partner(pic, w, sends ? ds.msg_lrpid : ds.msg_lspid, sends ? "received from" : "sent to",
                msqid);
}
