/* SPDX-License-Identifier: MIT */
/* logd with a signalfd, epoll and one large buffer; nothing of server.c is used. */
#include "log.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

struct client {
    int32_t pid;
    int used;
    size_t n;
    char tag[LOG_TAG_MAX];
    char *text;
};
static struct client tab[64];
static char buf[1 << 18];
static size_t have;
static const char *fifo;

static void die(const char *what)
{
    perror(what);
    if (fifo)
        unlink(fifo);
    exit(1);
}

static struct client *find(int32_t pid, int make)
{
    for (int i = 0; i < 64; i++)
        if (tab[i].used && tab[i].pid == pid)
            return &tab[i];
    if (make)
        for (int i = 0; i < 64; i++)
            if (!tab[i].used) {
                tab[i] = (struct client){.pid = pid, .used = 1, .text = malloc(LOG_LINE_MAX + 1)};
                if (!tab[i].text)
                    die("logd: malloc");
                return &tab[i];
            }
    return NULL;
}

static void forget(struct client *c)
{
    free(c->text);
    c->used = 0;
}

static void put(int out, struct client *c)
{
    size_t t = strnlen(c->tag, LOG_TAG_MAX), len = t + 1 + c->n + 1, done = 0;
    char *line = malloc(len);
    if (!line)
        die("logd: malloc");
    memcpy(line, c->tag, t);
    line[t] = ' ';
    memcpy(line + t + 1, c->text, c->n);
    line[len - 1] = '\n';
    while (done < len) {
        ssize_t w = write(out, line + done, len - done);
        if (w == -1) {
            free(line);
            die("logd: write");
        }
        done += (size_t)w;
    }
    free(line);
}

static size_t take(int out, const char *p, size_t n)
{
    struct log_chunk c;
    if (n < LOG_HEADER)
        return 0;
    memcpy(&c, p, LOG_HEADER);
    if (c.len > LOG_DATA_MAX) {
        errno = EBADMSG;
        die("logd: chunk");
    }
    if (n < LOG_HEADER + c.len)
        return 0;
    struct client *k = find(c.pid, c.flags & LOG_FIRST);
    if (k) {
        if (c.flags & LOG_FIRST) {
            k->n = 0;
            memcpy(k->tag, c.tag, sizeof c.tag);
        }
        if (k->n + c.len > LOG_LINE_MAX)
            forget(k);
        else {
            memcpy(k->text + k->n, p + LOG_HEADER, c.len);
            k->n += c.len;
            if (c.flags & LOG_LAST) {
                put(out, k);
                forget(k);
            }
        }
    }
    return LOG_HEADER + c.len;
}

static void drain(int fd, int out)
{
    ssize_t n;
    while ((n = read(fd, buf + have, sizeof buf - have)) > 0) {
        size_t at = 0, used;
        have += (size_t)n;
        while ((used = take(out, buf + at, have - at)) > 0)
            at += used;
        memmove(buf, buf + at, have -= at);
    }
    if (n == -1 && errno != EAGAIN)
        die("logd: read");
}

int main(int argc, char **argv)
{
    sigset_t set;
    struct stat st;
    if (argc != 3) {
        fprintf(stderr, "usage: %s FIFO OUT\n", "logd");
        return 2;
    }
    umask(0);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int out = open(argv[2], O_WRONLY | O_APPEND | O_CREAT, S_IRUSR | S_IWUSR);
    if (out == -1)
        die("logd: out");
    if (mkfifo(argv[1], 0600) == -1) {
        if (errno != EEXIST || lstat(argv[1], &st) == -1)
            die("logd: mkfifo");
        if (!S_ISFIFO(st.st_mode)) {
            errno = EEXIST;
            die("logd: mkfifo");
        }
    }
    fifo = argv[1];
    int fd = open(fifo, O_RDWR | O_NONBLOCK), sfd = signalfd(-1, &set, SFD_CLOEXEC),
        ep = epoll_create1(0);
    if (fd == -1 || sfd == -1 || ep == -1)
        die("logd: open");
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
    e.data.fd = sfd;
    epoll_ctl(ep, EPOLL_CTL_ADD, sfd, &e);
    printf("READY\n");
    fflush(stdout);
    for (int stop = 0; !stop;) {
        if (epoll_wait(ep, &e, 1, -1) == -1) {
            if (errno == EINTR)
                continue;
            die("logd: epoll_wait");
        }
        if (e.data.fd == sfd) {
            unlink(fifo);
            stop = 1;
        }
        drain(fd, out);
    }
    fifo = NULL;
    for (int i = 0; i < 64; i++)
        if (tab[i].used)
            forget(&tab[i]);
    close(ep);
    close(sfd);
    close(fd);
    if (close(out) == -1)
        die("logd: close");
    return 0;
}
