/* SPDX-License-Identifier: MIT */
/* vaultd PATH DIR: a detached thread for each client; the main thread waits for SIGTERM. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "forked.h"
#include "frame.h"
#include "listen.h"
#include "vault.h"

static int dir_fd; /* DIR */
/* Guarded by `lock`: */
static int clients;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t nobody = PTHREAD_COND_INITIALIZER;

static int fail(const char *what)
{
    fprintf(stderr, "vaultd: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* Reply @error; with 0 the descriptor @fd goes beside the first byte. */
static int reply(int to, int error, int fd)
{
    uint32_t word = htonl((uint32_t)error);
    unsigned char bytes[VAULT_REPLY] = {VAULT_VERSION};
    union control control = {0};
    struct iovec iov = {bytes, sizeof bytes};
    struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};

    memcpy(bytes + 1, &word, sizeof word);
    if (error == 0) {
        mh.msg_control = control.bytes;
        mh.msg_controllen = sizeof control.bytes;
        control.align.cmsg_level = SOL_SOCKET;
        control.align.cmsg_type = SCM_RIGHTS;
        control.align.cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(&control.align), &fd, sizeof fd);
    }
    while (iov.iov_len > 0) {
        ssize_t put = sendmsg(to, &mh, MSG_NOSIGNAL);

        if (put == -1 && errno == EINTR)
            continue;
        if (put == -1)
            return -1;
        iov.iov_base = (char *)iov.iov_base + put;
        iov.iov_len -= (size_t)put;
        mh.msg_control = NULL; /* it went with the first byte */
        mh.msg_controllen = 0;
    }
    return 0;
}

/* Open the regular file @name of DIR itself. Return: descriptor, or -1. */
static int open_name(const char *name, size_t len)
{
    struct stat st;
    int fd;

    if (len == 0 || len > VAULT_NAME || strlen(name) != len || strchr(name, '/') != NULL) {
        errno = EINVAL;
        return -1;
    }
    /* O_NONBLOCK: a FIFO must not hold us; it means nothing for a file. */
    fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))) {
        close(fd);
        fd = -1;
        errno = EACCES;
    }
    return fd;
}

/* Return: 0, or -1 if the client is gone. */
static int answer(int to, const unsigned char *payload, size_t len)
{
    char *name = strndup((const char *)payload, len);
    int fd, rc;

    if (name == NULL)
        return reply(to, ENOMEM, -1);
    fd = open_name(name, len);
    free(name);
    rc = reply(to, fd == -1 ? errno : 0, fd);
    if (fd != -1)
        close(fd);
    return rc;
}

/* In the child. Who it is, the kernel says, not the client. */
static int serve(int fd)
{
    struct ucred who;
    socklen_t size = sizeof who;
    unsigned char *payload;
    size_t len;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == -1)
        return fail("getsockopt");
    while (frame_read(fd, &payload, &len) == 1) {
        int rc = who.uid == geteuid() ? answer(fd, payload, len) : reply(fd, EPERM, -1);

        free(payload);
        if (rc == -1)
            break;
    }
    return 0;
}

static void *client(void *arg)
{
    int fd = *(int *)arg;

    free(arg);
    serve(fd);
    close(fd);
    pthread_mutex_lock(&lock);
    if (--clients == 0)
        pthread_cond_signal(&nobody);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *acceptor(void *arg)
{
    int lfd = *(int *)arg;

    for (;;) {
        int fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC), *p;
        pthread_t id;
        pthread_attr_t at;

        if (fd == -1 && (errno == EINVAL || errno == EBADF))
            return NULL;
        if (fd == -1)
            continue;
        p = malloc(sizeof *p);
        if (p == NULL)
            abort();
        *p = fd;
        pthread_mutex_lock(&lock);
        clients++;
        pthread_mutex_unlock(&lock);
        pthread_attr_init(&at);
        pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED);
        if (pthread_create(&id, &at, client, p) != 0)
            abort();
        pthread_attr_destroy(&at);
    }
}

int main(int argc, char *argv[])
{
    struct timespec end;
    int lfd, sig;
    sigset_t set;
    pthread_t id;

    if (argc != 3 || *argv[1] == '\0') {
        fprintf(stderr, "usage: vaultd PATH DIR\n");
        return 2;
    }
    dir_fd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd == -1)
        return fail("open");
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    if ((lfd = listen_unix(argv[1])) == -1)
        return fail("bind");
    dprintf(1, "READY\n");
    pthread_create(&id, NULL, acceptor, &lfd);
    sigwait(&set, &sig);
    shutdown(lfd, SHUT_RDWR);
    pthread_join(id, NULL);
    close(lfd);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += FORKED_GRACE;
    pthread_mutex_lock(&lock);
    while (clients > 0 && pthread_cond_timedwait(&nobody, &lock, &end) == 0)
        ;
    pthread_mutex_unlock(&lock); /* whoever is left ends with us */
    unlink(argv[1]);
    return 0;
}
