/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6D: scenarios for `vault`, whose server is the grader. */
#include "06_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST = 255, LARGE = 300000, REPLY = 5 };

static struct gr_peer *serve_at(struct gr_run *r, const char *path)
{
    struct gr_peer *l = gr_peer_listen(gr_scene(r), &(struct gr_peer_to){.path = path}, NULL);

    gr_expect_going(r);
    need(r, l->fd != -1, "a socket in the jail");
    return l;
}

/* Start `vault sock NAME`, accept it, and check its request. @prog may hold what is special. */
static struct gr_peer *take_request_of(struct gr_run *r, struct gr_prog prog, struct gr_peer *l,
                                       const char *name, struct gr_proc **p)
{
    const char *const argv[] = {"vault", "sock", name, NULL};
    uint32_t head = htonl((uint32_t)strlen(name));
    size_t n = sizeof head + strlen(name);
    char want[sizeof head + LONGEST + 1];
    struct gr_peer *c;
    bool came;

    memcpy(want, &head, sizeof head);
    memcpy(want + sizeof head, name, strlen(name) + 1);
    prog.argv = argv;
    *p = gr_run_prog(r, &prog);
    c = gr_peer_accept(l);
    gr_expect_came(r, c->fd != -1, "`vault sock %.30s` should connect to its server", name);
    came = gr_peer_wait_bytes(c, n);
    gr_expect_came(r, came, "vault should send a frame of %zu bytes; %zu came", n, c->in.len);
    gr_expect_bytes(r, "the request", c->in.data, c->in.len, want, n);
    return c;
}

static struct gr_peer *take_request(struct gr_run *r, struct gr_peer *l, const char *name,
                                    struct gr_proc **p)
{
    return take_request_of(r, (struct gr_prog){0}, l, name, p);
}

static int file_in_jail(struct gr_run *r, const char *path)
{
    int fd = gr_jail_open(r->scene, path, O_RDONLY, 0);

    need(r, fd != -1, path);
    return fd;
}

static void expect_printed(struct gr_run *r, struct gr_proc *p, const char *text, size_t n)
{
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
    gr_expect_bytes(r, "stdout", gr_buf_text(&p->outbuf), p->outbuf.len, text, n);
}

/* A reply with a descriptor: at once, or byte by byte. */
static void expect_file_printed(struct gr_run *r, struct gr_peer *l, const char *name,
                                const char *text, bool pieces)
{
    static const char yes[REPLY] = {1};
    struct gr_proc *p;
    struct gr_peer *c = take_request(r, l, name, &p);
    int fd = file_in_jail(r, "data");

    need(r, gr_peer_send_fds(c, yes, pieces ? 1 : REPLY, &fd, 1) == 0, "sendmsg");
    close(fd);
    c->dribble = true;
    if (pieces)
        gr_peer_send(c, yes + 1, REPLY - 1);
    expect_printed(r, p, text, strlen(text));
}

static void expect_refused(struct gr_run *r, struct gr_peer *l, const char *name, int error)
{
    struct gr_proc *p;
    struct gr_peer *c = take_request(r, l, name, &p);
    char reply[REPLY] = {1};
    uint32_t word = htonl((uint32_t)error);
    char *want = gr_xasprintf("vault: %s: %s\n", name, strerror(error));

    memcpy(reply + 1, &word, sizeof word);
    gr_peer_send(c, reply, REPLY);
    gr_expect_exit(r, p, 3);
    gr_expect_out(r, p, "");
    gr_expect_bytes(r, "stderr", gr_buf_text(&p->errbuf), p->errbuf.len, want, strlen(want));
    free(want);
}

/* Nothing can be written to its standard output: the file is not printed, so it is not done. */
static void expect_full_seen(struct gr_run *r, struct gr_peer *l)
{
    static const char yes[REPLY] = {1};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC), fd;
    struct gr_prog prog = {.stdout_fd = full, .stdout_word = "/dev/full"};
    struct gr_proc *p;
    struct gr_peer *c;

    need(r, full > 0, "/dev/full");
    c = take_request_of(r, prog, l, "alpha", &p);
    close(full);
    fd = file_in_jail(r, "data");
    need(r, gr_peer_send_fds(c, yes, REPLY, &fd, 1) == 0, "sendmsg");
    close(fd);
    gr_wait_exit(p);
    gr_expect_going(r);
    if (!WIFEXITED(p->status) || WEXITSTATUS(p->status) != 1)
        gr_record_add_finding(&r->rec, "output", "vault", p->pid, NULL, NULL,
                              "Its standard output takes nothing: each write fails with ENOSPC. "
                              "What stdio keeps in its buffer is written by fflush() only, so look "
                              "at what that returns, too");
    gr_expect_trouble(r, p);
}

static void expect_usages(struct gr_run *r)
{
    char name[LONGEST + 2];

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    gr_expect_usage(r, (const char *const[]){"vault", NULL});
    gr_expect_usage(r, (const char *const[]){"vault", "sock", NULL});
    gr_expect_usage(r, (const char *const[]){"vault", "sock", "a", "b", NULL});
    gr_expect_usage(r, (const char *const[]){"vault", "", "a", NULL});
    gr_expect_usage(r, (const char *const[]){"vault", "sock", "", NULL});
    gr_expect_usage(r, (const char *const[]){"vault", "sock", name, NULL});
}

void vault_prints_files(struct gr_run *r)
{
    char *text = letters(r, LARGE), name[LONGEST + 1];
    struct gr_proc *p;
    struct gr_peer *l;

    p = gr_run_args(r, NULL, "vault", "sock", "alpha", NULL);
    gr_expect_trouble(r, p);
    memset(name, 'n', LONGEST);
    name[LONGEST] = '\0';
    put_file(r, "data", text, 0600);
    l = serve_at(r, "sock");
    expect_file_printed(r, l, "alpha", text, false);
    expect_file_printed(r, l, name, text, true);
    expect_refused(r, l, "alpha", ENOENT);
    expect_refused(r, l, "alpha", EPERM);
    expect_refused(r, l, "alpha", 0x10203);     /* each of its bytes counts */
    expect_refused(r, l, "../a/./b c", EINVAL); /* sent as it is: the server judges it */
    expect_file_printed(r, l, "/", text, false);
    expect_full_seen(r, l);
    expect_usages(r);
    free(text);
}

/* It must find that what came is no reply. @what: that, for people. */
static void expect_no_reply(struct gr_run *r, struct gr_proc *p, char *what)
{
    gr_wait_exit(p);
    gr_expect_going(r);
    if (p->outbuf.len > 0 || !WIFEXITED(p->status) || WEXITSTATUS(p->status) != 1)
        gr_record_add_finding(&r->rec, "reply", "the grader", 0, NULL, NULL, what);
    free(what);
    gr_expect_exit(r, p, 1);
    gr_expect_out(r, p, "");
    gr_expect_trouble(r, p);
}

static void send_part(struct gr_run *r, struct gr_peer *c, const char *bytes, size_t n, size_t nfds)
{
    int fds[GR_PEER_FDS] = {0};

    for (size_t i = 0; i < nfds; i++)
        fds[i] = file_in_jail(r, i == nfds - 1 ? "data" : "other");
    need(r, n == 0 || gr_peer_send_fds(c, bytes, n, fds, nfds) == 0, "sendmsg");
    for (size_t i = 0; i < nfds; i++)
        close(fds[i]);
}

/* @n bytes of @reply and @nfds descriptors; then the end. */
static void expect_rejected(struct gr_run *r, struct gr_peer *l, const char *reply, size_t n,
                            size_t nfds)
{
    struct gr_proc *p;
    struct gr_peer *c = take_request(r, l, "alpha", &p);

    send_part(r, c, reply, n, nfds);
    gr_peer_shut(c);
    expect_no_reply(
        r, p,
        gr_xasprintf("%zu bytes (version %d, errno %d), %zu descriptors%s", n, n > 0 ? reply[0] : 0,
                     n == REPLY ? reply[4] : 0, nfds,
                     nfds > 2 ? ": more than your room for one, so MSG_CTRUNC is set" : ""));
}

/* A descriptor beside the first byte, as it should be, and another one beside a later byte. The
 * kernel never gives both in one call. */
static void expect_second_seen(struct gr_run *r, struct gr_peer *l, const char *reply, size_t first)
{
    struct gr_proc *p;
    struct gr_peer *c = take_request(r, l, "alpha", &p);

    send_part(r, c, reply, first, 1);
    send_part(r, c, reply + first, REPLY - first, 1);
    gr_peer_shut(c);
    expect_no_reply(r, p,
                    gr_xasprintf("%d bytes, a descriptor beside the first of them and another one "
                                 "beside byte %zu: two in all",
                                 REPLY, first + 1));
}

void vault_checks_replies(struct gr_run *r)
{
    static const char yes[] = {1, 0, 0, 0, 0}, no[] = {1, 0, 0, 0, ENOENT},
                      future[] = {2, 0, 0, 0, 0};
    struct gr_peer *l;

    put_file(r, "data", "right\n", 0600);
    put_file(r, "other", "wrong\n", 0600);
    l = serve_at(r, "sock");
    expect_rejected(r, l, yes, REPLY, 0);
    expect_rejected(r, l, yes, REPLY, 2);
    expect_rejected(r, l, yes, REPLY, 3);
    expect_rejected(r, l, yes, REPLY, 8);
    expect_rejected(r, l, future, REPLY, 1);
    expect_rejected(r, l, no, REPLY, 1);
    expect_rejected(r, l, yes, 0, 0);
    expect_rejected(r, l, yes, 1 + gr_random(r, 4), 1);
    expect_second_seen(r, l, yes, 1 + gr_random(r, 4));
}

void vault_memory(struct gr_run *r)
{
    struct gr_peer *l;

    put_file(r, "data", "right\n", 0600);
    l = serve_at(r, "sock");
    expect_refused(r, l, "alpha", ENOENT);
    expect_file_printed(r, l, "alpha", "right\n", true);
}
