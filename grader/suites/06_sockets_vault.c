/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6D: scenarios for `vaultd`, which is asked by raw clients. */
#include "06_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALPHA "the first file\n"

enum { REPLY = 5, VERSION = 1, LONGEST = 255, MANY = 200 };

struct gr_proc *start_vault(struct gr_run *r, struct gr_prog prog)
{
    static const char *const argv[] = {"vaultd", "sock", "dir", NULL};

    run_shell(r, "mkdir dir dir/sub && printf 'the first file\\n' >dir/alpha && "
                 "printf 'not for you\\n' >secret && cp secret dir/sub/deep && "
                 "ln -s ../secret dir/out && ln -s alpha dir/in && mkfifo dir/fifo && "
                 "printf second >dir/beta && cp dir/beta 'dir/a blank and a \"' && "
                 "cp dir/beta dir/..b && cp dir/beta dir/a..b && "
                 "cp dir/beta dir/$(printf %0255d 0)");
    return start_server(r, prog, argv);
}

void ask_for(struct gr_peer *c, const char *name, size_t len)
{
    uint32_t head = htonl((uint32_t)len);
    char frame[4 + 1024];

    memcpy(frame, &head, sizeof head);
    memcpy(frame + sizeof head, name, len);
    gr_peer_send(c, frame, sizeof head + len);
}

/* Ask, and wait for the reply. Return: the errno in it. */
static int reply_to(struct gr_run *r, struct gr_peer *c, const char *name, size_t len)
{
    size_t from = c->in.len;
    uint32_t word;
    bool came;

    ask_for(c, name, len);
    came = gr_peer_wait_bytes(c, from + REPLY);
    gr_expect_came(r, came, "vaultd should answer a request for \"%.40s\" with %d bytes; %zu came",
                   name, REPLY, c->in.len - from);
    gr_expect(r, c->in.data[from] == VERSION, "the first byte of a reply should be %d, and is %d",
              VERSION, c->in.data[from]);
    memcpy(&word, c->in.data + from + 1, sizeof word);
    return (int)ntohl(word);
}

static void expect_content(struct gr_run *r, int fd, const char *name, const char *text)
{
    char buf[128];
    ssize_t n;

    gr_expect(r, (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY,
              "the descriptor of \"%s\" should be open for reading only", name);
    n = read(fd, buf, sizeof buf);
    gr_expect(r, n >= 0, "the descriptor of \"%s\" cannot be read: %s", name, strerror(errno));
    gr_expect_bytes(r, "what is read from the descriptor", buf, (size_t)n, text, strlen(text));
}

/* Return: the descriptor that came, which must be the only one. */
static int expect_file(struct gr_run *r, struct gr_peer *c, const char *name, const char *text)
{
    size_t from = c->in.len;
    int error = reply_to(r, c, name, strlen(name)), fd;

    gr_expect(r, error == 0,
              "\"%.60s\" is a regular file in DIR, and should be passed; the reply refuses it with "
              "errno %d (%s)",
              name, error, strerror(error));
    gr_expect_bytes(r, "the reply", c->in.data + from, c->in.len - from, "\1\0\0\0\0", REPLY);
    gr_expect(r, error == 0 && c->nfds > 0,
              "with the reply 0 for \"%s\" a descriptor should come (SCM_RIGHTS); none came", name);
    gr_expect(r, c->nfds == 1 && !c->fds_cut,
              "with the reply for \"%s\" exactly one descriptor should come; %zu came", name,
              c->nfds);
    fd = gr_peer_take_fd(c);
    expect_content(r, fd, name, text);
    return fd;
}

static int expect_refusal(struct gr_run *r, struct gr_peer *c, const char *name, size_t len)
{
    int error = reply_to(r, c, name, len);

    gr_expect(
        r, error > 0 && error < 4096,
        "a request for \"%s\" should be refused with an errno in network byte order; the reply "
        "says %d",
        name, error);
    gr_expect(r, c->nfds == 0, "with a refusal (\"%s\") no descriptor should come; %zu came", name,
              c->nfds);
    return error;
}

/* Names that look odd, and lead nowhere else: the longest, and dots that are no `..`. */
static void expect_odd_names(struct gr_run *r, struct gr_peer *c)
{
    char name[LONGEST + 1];

    memset(name, '0', LONGEST);
    name[LONGEST] = '\0';
    close(expect_file(r, c, "a blank and a \"", "second"));
    close(expect_file(r, c, "..b", "second"));
    close(expect_file(r, c, "a..b", "second"));
    close(expect_file(r, c, name, "second"));
}

/* Two descriptors of one file, @first and @second: where the one reads is no business of the other.
 */
static void expect_opened_anew(struct gr_run *r, int first, int second)
{
    gr_expect(r, lseek(first, 3, SEEK_SET) == 3 && lseek(second, 7, SEEK_SET) == 7,
              "the descriptor of \"alpha\" should be the file itself; lseek says: %s",
              strerror(errno));
    gr_expect(
        r, lseek(first, 0, SEEK_CUR) == 3,
        "\"alpha\" was asked for twice, and both descriptors are one open file: who reads from "
        "the one moves the offset of the other. Open it anew for each request");
    close(first);
    close(second);
}

/* sendmsg() may take a part of the reply, and the descriptor goes with its first byte; recv() may
 * bring a part of the request, or be interrupted. */
static void expect_whole_replies(struct gr_run *r)
{
    static const char *const argv[] = {"vaultd", "again", "dir", NULL};
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 70, .eintr = 20};
    struct gr_peer *c;

    start_server(r, (struct gr_prog){.inject = &in}, argv);
    c = client_at(r, "again", 0);
    for (int i = 0; i < 12; i++) {
        close(expect_file(r, c, "alpha", ALPHA));
        expect_refusal(r, c, "gamma", 5);
    }
}

void vaultd_passes_descriptors(struct gr_run *r)
{
    struct gr_proc *p = start_vault(r, (struct gr_prog){0});
    struct gr_peer *c = client_at(r, "sock", 0), *d = client_at(r, "sock", 0);
    int first;

    gr_expect_out(r, p, "READY\n");
    first = expect_file(r, c, "alpha", ALPHA);
    expect_opened_anew(r, first, expect_file(r, c, "alpha", ALPHA));
    first = expect_file(r, c, "alpha", ALPHA);
    expect_opened_anew(r, first, expect_file(r, d, "alpha", ALPHA));
    close(expect_file(r, d, "beta", "second"));
    expect_odd_names(r, c);
    gr_expect(r, expect_refusal(r, d, "gamma", 5) == ENOENT,
              "a file that is not there should be refused with ENOENT");
    d->dribble = true;
    close(expect_file(r, d, "alpha", ALPHA));
    gr_peer_shut(d);
    gr_expect_came(r, gr_peer_wait_end(d), "a client that sent its end should get the server's");
    expect_whole_replies(r);
}

void vaultd_stays_inside(struct gr_run *r)
{
    static const char *const names[] = {"../secret", "..",   ".",           "/etc/passwd",
                                        "sub/deep",  "sub",  "./alpha",     "out",
                                        "in",        "fifo", "sub/../alpha"};
    struct gr_peer *c;
    char *much = letters(r, LONGEST + 1);

    start_vault(r, (struct gr_prog){0});
    c = client_at(r, "sock", 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_refusal(r, c, names[i], strlen(names[i]));
    expect_refusal(r, c, "", 0);
    expect_refusal(r, c, "alpha\0", 6);
    expect_refusal(r, c, "alpha\0/../../secret", 19);
    expect_refusal(r, c, much, LONGEST + 1);
    expect_refusal(r, c, much, LONGEST);
    close(expect_file(r, c, "alpha", ALPHA));
    gr_expect_trouble(r, gr_run_args(r, NULL, "vaultd", "other", "nowhere", NULL));
    gr_expect_usage(r, (const char *const[]){"vaultd", "sock", NULL});
    gr_expect_usage(r, (const char *const[]){"vaultd", "", "dir", NULL});
    gr_expect_usage(r, (const char *const[]){"vaultd", "sock", "dir", "dir", NULL});
    free(much);
}

/* In the jail everybody is one user: so the kernel's answer is changed on its way. */
static void expect_stranger_refused(struct gr_run *r, const char *path, const char *uid)
{
    for (int i = 0; i < 2; i++) {
        struct gr_peer *c = client_at(r, path, 0);
        int error = reply_to(r, c, "alpha", 5);

        gr_expect(
            r, c->nfds == 0,
            "a client of another user (SO_PEERCRED says %s) got a descriptor of a file that is "
            "not for it",
            uid);
        gr_expect(r, error == EPERM,
                  "a client of another user (SO_PEERCRED says %s) should be refused with EPERM "
                  "(%d); the reply says %d",
                  uid, EPERM, error);
    }
}

/* Nobody is an exception, not root either. */
void vaultd_asks_who(struct gr_run *r)
{
    static const char *const uids[] = {"peeruid=0", "peeruid=4711", "peeruid=65534"};
    static const char *const paths[] = {"sock", "sock2", "sock3"};

    for (int i = 0; i < 3; i++) {
        const char *rules[] = {uids[i], NULL};
        struct gr_prog prog = {.inject = &(struct gr_inject){.seed = 1, .rules = rules}};

        if (i == 0)
            start_vault(r, prog);
        else
            start_server(r, prog, (const char *const[]){"vaultd", paths[i], "dir", NULL});
        expect_stranger_refused(r, paths[i], uids[i] + strlen("peeruid="));
    }
    start_server(r, (struct gr_prog){0}, (const char *const[]){"vaultd", "again", "dir", NULL});
    close(expect_file(r, client_at(r, "again", 0), "alpha", ALPHA));
}

/* Clients that say nothing, half of something, too much, or do not listen. */
void vaultd_is_not_held_up(struct gr_run *r)
{
    static const char bomb[] = "\377\377\377\377 and so on";
    struct gr_peer *c, *crowd[CROWD];

    line_up(r, start_vault(r, (struct gr_prog){0}), &(struct gr_peer_to){.path = "sock"}, crowd);
    for (int i = CROWD - 1; i > 0; i -= 9) /* the others say nothing */
        close(expect_file(r, crowd[i], "alpha", ALPHA));
    gr_peer_send(client_at(r, "sock", 0), "\0", 1);
    gr_peer_send(client_at(r, "sock", 0), "\0\0\0\5alp", 7);
    c = client_at(r, "sock", 0);
    c->mute = true;
    for (int i = 0; i < 1000; i++)
        ask_for(c, "gamma", 5);
    close(expect_file(r, client_at(r, "sock", 0), "alpha", ALPHA));
    c = client_at(r, "sock", 0);
    gr_peer_send(c, bomb, sizeof bomb);
    gr_expect_came(r, gr_peer_wait_end(c),
                   "a client whose frame is too long should lose its connection");
    gr_expect(r, c->in.len == 0, "to a frame that is too long there is no reply; %zu bytes came",
              c->in.len);
    c = client_at(r, "sock", 0);
    gr_peer_send(c, "\0\0\0\5al", 6);
    gr_peer_close(c);
    close(expect_file(r, client_at(r, "sock", 0), "alpha", ALPHA));
}

void vaultd_keeps_no_descriptor(struct gr_run *r)
{
    struct gr_peer *c;

    start_vault(r, (struct gr_prog){.nofile = 24});
    c = client_at(r, "sock", 0);
    for (int i = 0; i < MANY; i++) {
        int error = reply_to(r, c, "alpha", 5);

        if (error == EMFILE)
            gr_fail(r, GR_LEFTOVER,
                    "with 24 descriptors, request %d of %d is refused with EMFILE: after sendmsg() "
                    "the server's own copy of a passed descriptor is still open",
                    i + 1, MANY);
        gr_expect(r, error == 0 && c->nfds == 1,
                  "request %d of %d gets errno %d and %zu descriptors", i + 1, MANY, error,
                  c->nfds);
        close(gr_peer_take_fd(c));
    }
    gr_peer_close(c);
    for (int i = 0; i < MANY; i++) {
        c = client_at(r, "sock", 0);
        if (i % 2 == 0)
            close(expect_file(r, c, "alpha", ALPHA));
        gr_peer_close(c);
    }
}

void vaultd_leaves_nothing(struct gr_run *r)
{
    struct gr_proc *p = start_vault(r, (struct gr_prog){0});
    struct gr_peer *c = client_at(r, "sock", 0);

    gr_expect(r, (gr_jail_mode(r->scene, "sock") & 07777) == 0600,
              "the socket `sock` should have mode 0600, and has 0%o",
              (unsigned)gr_jail_mode(r->scene, "sock") & 07777);
    close(expect_file(r, c, "alpha", ALPHA));
    gr_peer_close(client_at(r, "sock", 0));
    gr_signal(p, SIGTERM);
    expect_end_within_grace(r, p, "2 seconds");
    expect_only_ready(r, p);
    expect_end_after_term(r, p, c, "2 seconds after SIGTERM an idle client");
    expect_removed(r, "sock");
    run_shell(r, "rm -r dir secret");
}

void vaultd_memory(struct gr_run *r)
{
    struct gr_proc *p = start_vault(r, (struct gr_prog){0});
    struct gr_peer *c = client_at(r, "sock", 0);

    close(expect_file(r, c, "alpha", ALPHA));
    expect_refusal(r, c, "gamma", 5);
    expect_refusal(r, c, "../secret", 9);
    close(expect_file(r, c, "beta", "second"));
    gr_peer_send(client_at(r, "sock", 0), "\377\377\377\377", 4);
    gr_peer_shut(c);
    gr_expect_came(r, gr_peer_wait_end(c), "a client that sent its end should get the server's");
    expect_goodbye(r, p);
}
