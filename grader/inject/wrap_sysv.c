/* SPDX-License-Identifier: MIT */
/* System V IPC. Its waiting calls are never restarted, whatever the handler's flags. */
#include "inj.h"

#include <errno.h>
#include <stdarg.h>

INJ_EXPORT key_t ftok(const char *path, int id)
{
    struct inj_call c;
    key_t key = -1;

    if (!INJ_ENTER(&c, ftok, 0))
        return inj_real.ftok(path, id);
    if (!inj_fail(&c))
        key = inj_real.ftok(path, id);
    return (key_t)inj_leave(&c, key, "sd", path, id);
}

INJ_EXPORT int semget(key_t key, int n, int flags)
{
    struct inj_call c;
    int id = -1;

    if (!INJ_ENTER(&c, semget, 0))
        return inj_real.semget(key, n, flags);
    if (!inj_fail(&c))
        id = inj_real.semget(key, n, flags);
    return (int)inj_leave(&c, id, "ddo", key, n, flags);
}

INJ_EXPORT int semctl(int id, int n, int cmd, ...)
{
    struct inj_call c;
    unsigned long arg; /* union semun: one word */
    va_list ap;

    va_start(ap, cmd);
    arg = va_arg(ap, unsigned long);
    va_end(ap);
    if (!INJ_ENTER(&c, semctl, cmd))
        return inj_real.semctl(id, n, cmd, arg);
    return (int)inj_leave(&c, inj_real.semctl(id, n, cmd, arg), "ddd", id, n, cmd);
}

static bool all_wait(const struct sembuf *ops, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ops[i].sem_flg & IPC_NOWAIT)
            return false;
    return true;
}

INJ_EXPORT int semop(int id, struct sembuf *ops, size_t n)
{
    struct inj_call c;
    bool show;
    int rc = -1;

    if (!INJ_ENTER(&c, semop, 0))
        return inj_real.semop(id, ops, n);
    if (!inj_fail(&c) && !(all_wait(ops, n) && inj_eintr(&c, false, NULL)))
        rc = inj_real.semop(id, ops, n);
    show = n > 0 && ops && inj_shown(&c);
    return (int)inj_leave(&c, rc, "dddxu", id, show ? (int)ops->sem_num : -1,
                          show ? (int)ops->sem_op : 0,
                          show ? (unsigned long)(unsigned short)ops->sem_flg : 0, n);
}

INJ_EXPORT int semtimedop(int id, struct sembuf *ops, size_t n, const struct timespec *limit)
{
    struct inj_call c;
    bool show;
    int rc = -1;

    if (!INJ_ENTER(&c, semtimedop, 0))
        return inj_real.semtimedop(id, ops, n, limit);
    if (!inj_fail(&c) && !(all_wait(ops, n) && inj_eintr(&c, false, NULL)))
        rc = inj_real.semtimedop(id, ops, n, limit);
    show = n > 0 && ops && inj_shown(&c);
    return (int)inj_leave(&c, rc, "dddxu", id, show ? (int)ops->sem_num : -1,
                          show ? (int)ops->sem_op : 0,
                          show ? (unsigned long)(unsigned short)ops->sem_flg : 0, n);
}

INJ_EXPORT int msgget(key_t key, int flags)
{
    struct inj_call c;
    int id = -1;

    if (!INJ_ENTER(&c, msgget, 0))
        return inj_real.msgget(key, flags);
    if (!inj_fail(&c))
        id = inj_real.msgget(key, flags);
    return (int)inj_leave(&c, id, "do", key, flags);
}

INJ_EXPORT int msgctl(int id, int cmd, struct msqid_ds *ds)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, msgctl, cmd))
        return inj_real.msgctl(id, cmd, ds);
    return (int)inj_leave(&c, inj_real.msgctl(id, cmd, ds), "dd", id, cmd);
}

INJ_EXPORT int msgsnd(int id, const void *msg, size_t len, int flags)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, msgsnd, 0))
        return inj_real.msgsnd(id, msg, len, flags);
    if (!inj_fail(&c) && ((flags & IPC_NOWAIT) || !inj_eintr(&c, false, NULL)))
        rc = inj_real.msgsnd(id, msg, len, flags);
    return (int)inj_leave(&c, rc, "dluo", id, msg && inj_shown(&c) ? *(const long *)msg : 0L, len,
                          flags);
}

INJ_EXPORT ssize_t msgrcv(int id, void *msg, size_t len, long type, int flags)
{
    struct inj_call c;
    ssize_t got = -1;

    if (!INJ_ENTER(&c, msgrcv, 0))
        return inj_real.msgrcv(id, msg, len, type, flags);
    if ((flags & IPC_NOWAIT) || !inj_eintr(&c, false, NULL))
        got = inj_real.msgrcv(id, msg, len, type, flags);
    return inj_leave(&c, got, "dulo", id, len, type, flags);
}

INJ_EXPORT int shmget(key_t key, size_t len, int flags)
{
    struct inj_call c;
    int id = -1;

    if (!INJ_ENTER(&c, shmget, 0))
        return inj_real.shmget(key, len, flags);
    if (!inj_fail(&c))
        id = inj_real.shmget(key, len, flags);
    return (int)inj_leave(&c, id, "duo", key, len, flags);
}

INJ_EXPORT void *shmat(int id, const void *addr, int flags)
{
    struct inj_call c;
    void *p = (void *)-1;

    if (!INJ_ENTER(&c, shmat, 0))
        return inj_real.shmat(id, addr, flags);
    if (!inj_fail(&c))
        p = inj_real.shmat(id, addr, flags);
    inj_leave(&c, (long)p, "dpo", id, addr, flags);
    return p;
}

INJ_EXPORT int shmdt(const void *addr)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, shmdt, 0))
        return inj_real.shmdt(addr);
    return (int)inj_leave(&c, inj_real.shmdt(addr), "p", addr);
}

INJ_EXPORT int shmctl(int id, int cmd, struct shmid_ds *ds)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, shmctl, cmd))
        return inj_real.shmctl(id, cmd, ds);
    return (int)inj_leave(&c, inj_real.shmctl(id, cmd, ds), "dd", id, cmd);
}
