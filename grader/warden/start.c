/* SPDX-License-Identifier: MIT */
/* Start one program: its own session, the descriptors it was given and no other, its limits. */
#include "gr_io.h"
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGS = 512 };

static int limit(int what, rlim_t soft, rlim_t hard)
{
    struct rlimit r = {soft, hard};

    return setrlimit((__rlimit_resource_t)what, &r);
}

static int set_limits(const struct gr_start_req *q)
{
    rlim_t nproc = q->nproc ? q->nproc + 1 : GR_NPROC; /* the warden is one of its user's, too */
    rlim_t fsize = q->fsize_bytes ? q->fsize_bytes : GR_FSIZE;

    /* The hard limit of descriptors stays high: Valgrind takes its own from below it. */
    if (limit(RLIMIT_NOFILE, q->nofile ? q->nofile : 256, GR_NOFILE_HARD) == -1 ||
        limit(RLIMIT_CORE, 0, 0) == -1 || limit(RLIMIT_FSIZE, fsize, fsize) == -1 ||
        limit(RLIMIT_NPROC, nproc, nproc) == -1)
        return -1;
    if (q->cpu_seconds && limit(RLIMIT_CPU, q->cpu_seconds, q->cpu_seconds + 1) == -1)
        return -1;
    return q->as_bytes ? limit(RLIMIT_AS, q->as_bytes, q->as_bytes) : 0;
}

/* Put the passed descriptors on their targets: first all out of the way, then into place. */
static int place_fds(const struct gr_start_req *q, const int *fds)
{
    int high[GR_MSG_FDS];

    for (uint32_t i = 0; i < q->nfds; i++) {
        high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 100);
        if (high[i] == -1)
            return -1;
    }
    for (uint32_t i = 0; i < q->nfds; i++)
        if (dup2(high[i], q->target[i]) == -1)
            return -1;
    return 0;
}

/* Everything not wanted is closed by the exec itself; the error pipe stays open until then. */
static int seal_fds(const struct gr_start_req *q)
{
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == -1)
        return -1;
    for (uint32_t i = 0; i < q->nfds; i++)
        if (q->target[i] > 2 && gr_set_cloexec(q->target[i], false) == -1)
            return -1;
    return 0;
}

static int default_signals(const struct gr_start_req *q)
{
    sigset_t none;

    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL); /* EINVAL for KILL, STOP and libc's own: nothing to reset there */
    if (q->ignore_sigpipe)
        signal(SIGPIPE, SIG_IGN);
    if (q->ignore_sigterm)
        signal(SIGTERM, SIG_IGN);
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void child(const struct gr_start_req *q, char **argv, char **envp, const int *fds,
                            int errfd)
{
    int error;

    if (q->set_umask)
        umask(q->umask);
    if (setsid() == -1 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || place_fds(q, fds) == -1 ||
        seal_fds(q) == -1 || default_signals(q) == -1 || set_limits(q) == -1 || fence_raise() == -1)
        goto fail;
    environ = envp;
    execvp(argv[0], argv);
fail:
    error = errno;
    if (write(errfd, &error, sizeof error) != sizeof error)
        _exit(126);
    _exit(127);
}

/* Point into @m's strings. Return: false if they are not what the header promises. */
static bool unpack(const struct gr_msg *m, struct gr_start_req *q, char **argv, char **envp)
{
    const char *p = m->payload + sizeof *q, *end = m->payload + m->len;

    if (m->len < sizeof *q)
        return false;
    memcpy(q, m->payload, sizeof *q);
    if (q->argc == 0 || q->argc >= MAX_ARGS || q->envc >= MAX_ARGS || q->nfds > GR_MSG_FDS)
        return false;
    for (uint32_t i = 0; i < q->argc + q->envc; i++) {
        const char *nul = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;

        if (!nul)
            return false;
        *(i < q->argc ? &argv[i] : &envp[i - q->argc]) = (char *)(uintptr_t)p;
        p = nul + 1;
    }
    argv[q->argc] = NULL;
    envp[q->envc] = NULL;
    return true;
}

pid_t start_program(const struct gr_msg *m, const int *fds, size_t nfds)
{
    char *argv[MAX_ARGS + 1], *envp[MAX_ARGS + 1];
    struct gr_start_req q;
    int errfds[2], error = 0;
    ssize_t got;
    pid_t pid;

    if (!unpack(m, &q, argv, envp) || q.nfds != nfds) {
        errno = EBADMSG;
        return -1;
    }
    if (gr_pipe(errfds) == -1)
        return -1;
    pid = fork();
    if (pid == 0)
        child(&q, argv, envp, fds, errfds[1]);
    close(errfds[1]);
    /* The pipe ends, empty, at the exec; a reason in it means there was none. */
    do
        got = pid == -1 ? 0 : read(errfds[0], &error, sizeof error);
    while (got == -1 && errno == EINTR);
    close(errfds[0]);
    if (got == sizeof error) {
        while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
            ; /* or it would be found as a zombie that belongs to no program */
        errno = error;
        return -1;
    }
    return pid;
}
