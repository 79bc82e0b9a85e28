/* SPDX-License-Identifier: MIT */
/* Peers: the grader as raw client and server of a program in the jail, on both backends. No test
 * measures time: a wait that does not end is ended by Check. */
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "gr_peer.h"
#include "scene_fixture.h"

enum { POURED = 300000 };

/* Start the partner and wait for READY. *@port is what stands behind it. */
static struct gr_proc *talk(const char *mode, const char *path, int *port)
{
    const char *argv[] = {"sock_talk", mode, path, NULL};
    struct gr_proc *p = gr_start(s, &(struct gr_prog){.argv = argv});

    ck_assert(gr_wait_bytes(p, path || !port ? 6 : 11)); /* "READY 4711\n" at least */
    if (port)
        *port = atoi(gr_buf_text(&p->outbuf) + 5);
    return p;
}

static struct gr_peer *to_path(const char *path)
{
    return gr_peer_connect(s, &(struct gr_peer_to){.path = path});
}

START_TEST(bytes_go_both_ways)
{
    struct gr_peer *c;

    if (!scene_begin(_i, 5000))
        return;
    talk("echo", "door", NULL);
    ck_assert_int_eq(gr_jail_mode(s, "door") & S_IFMT, S_IFSOCK);
    ck_assert_int_eq(gr_jail_mode(s, "no-door"), -1);
    c = to_path("door");
    ck_assert_int_ne(c->fd, -1);
    gr_peer_say(c, "one\ntwo\n");
    ck_assert(gr_peer_wait_line(c, 0, "two"));
    ck_assert(gr_peer_wait_bytes(c, 8));
    gr_peer_say(c, "x\n");
    ck_assert(gr_peer_wait_line(c, 8, "x"));
    gr_peer_shut(c);
    ck_assert(gr_peer_wait_end(c));
    ck_assert_int_eq(c->error, 0);
    ck_assert_uint_eq(c->in.len, 10);
    ck_assert(!gr_peer_wait_line(c, 0, "tw")); /* whole lines only, and no wait for the gone */
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(tcp_is_reset_when_asked)
{
    struct gr_proc *p;
    struct gr_peer *c;
    int port, size = 0;
    socklen_t len = sizeof size;

    if (!scene_begin(_i, 5000))
        return;
    p = talk("echo", NULL, &port);
    c = gr_peer_connect(s, &(struct gr_peer_to){.port = port, .rcvbuf = 4096});
    ck_assert_int_ne(c->fd, -1);
    ck_assert_int_eq(getsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &size, &len), 0);
    ck_assert_int_le(size, 8192);
    gr_peer_say(c, "hello\n");
    ck_assert(gr_peer_wait_line(c, 0, "hello"));
    gr_peer_reset(c);
    ck_assert(gr_wait_line(p, false, "ECONNRESET"));
    c = gr_peer_connect(s, &(struct gr_peer_to){.port = port});
    gr_peer_close(c);
    ck_assert(gr_wait_line(p, false, "end"));
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(nobody_there_is_told)
{
    char path[200];
    struct gr_peer *c;
    int port;

    if (!scene_begin(_i, 5000))
        return;
    ck_assert_int_eq(to_path("nowhere")->error, ENOENT);
    c = gr_peer_listen(s, &(struct gr_peer_to){.path = NULL}, &port);
    ck_assert_int_gt(port, 0);
    gr_peer_close(c);
    c = gr_peer_connect(s, &(struct gr_peer_to){.port = port});
    ck_assert_int_eq(c->fd, -1);
    ck_assert_int_eq(c->error, ECONNREFUSED);
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    ck_assert_int_eq(to_path(path)->error, ENAMETOOLONG);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(dribble_comes_in_single_bytes)
{
    static const char want[] = "READY\n1\n1\n1\n1\n1\n";
    struct gr_proc *p;
    struct gr_peer *c;

    if (!scene_begin(_i, 5000))
        return;
    p = talk("pieces", "door", NULL);
    c = to_path("door");
    c->dribble = true;
    gr_peer_say(c, "hello");
    ck_assert(gr_peer_wait_sent(c));
    gr_peer_shut(c);
    ck_assert(gr_wait_exit(p));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), want);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(mute_takes_nothing)
{
    struct gr_proc *p;
    struct gr_peer *c;

    if (!scene_begin(_i, 5000))
        return;
    p = talk("pour", "door", NULL);
    c = to_path("door");
    c->mute = true;
    ck_assert(gr_wait_stuck(s));
    ck_assert(gr_wait_stuck(s)); /* it can be asked again */
    ck_assert_uint_eq(c->in.len, 0);
    ck_assert(!p->ended);
    c->mute = false;
    ck_assert(gr_peer_wait_end(c));
    ck_assert_uint_eq(c->in.len, POURED);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(full_queue_is_waited_for)
{
    struct gr_peer *c[4];

    if (!scene_begin(_i, 5000))
        return;
    talk("late", "door", NULL);
    for (int i = 0; i < 4; i++)
        c[i] = to_path("door");
    for (int i = 0; i < 4; i++)
        ck_assert(gr_peer_wait_line(c[i], 0, "hello"));
    scene_end_as(GR_GO);
}
END_TEST

/* Connect to a server that is held until its queue is full. Return: the one that found no room. */
static struct gr_peer *fill_queue(const struct gr_peer_to *to)
{
    struct gr_peer *c = NULL;

    for (int i = 0; i < 100 && (!c || c->fd != -1); i++)
        c = gr_peer_connect(s, to);
    return c;
}

START_TEST(full_queue_is_told_when_asked)
{
    struct gr_proc *p;
    int port;

    if (!scene_begin(_i, 5000))
        return;
    p = talk("late", "door", NULL);
    gr_signal(p, SIGSTOP);
    gr_wait_stuck(s);
    ck_assert_int_eq(fill_queue(&(struct gr_peer_to){.path = "door", .once = true})->error, EAGAIN);
    gr_signal(p, SIGKILL);
    ck_assert(gr_wait_exit(p));
    p = talk("late", NULL, &port);
    gr_signal(p, SIGSTOP);
    gr_wait_stuck(s);
    ck_assert_int_eq(fill_queue(&(struct gr_peer_to){.port = port, .once = true})->error, EAGAIN);
    gr_signal(p, SIGKILL);
    ck_assert(gr_wait_exit(p));
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(full_queue_of_a_sleeper_is_a_deadlock)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = talk("late", "door", NULL);
    gr_signal(p, SIGSTOP);
    gr_wait_stuck(s);
    ck_assert_int_eq(fill_queue(&(struct gr_peer_to){.path = "door"})->fd, -1);
    scene_end_as(GR_STOP_DEADLOCK);
}
END_TEST

START_TEST(descriptors_come_and_go)
{
    struct gr_peer *c, *l;
    struct gr_proc *p;
    char buf[16] = "";
    int fds[2], fd;

    if (!scene_begin(_i, 5000))
        return;
    talk("pass", "door", NULL);
    c = to_path("door");
    ck_assert(gr_peer_wait_end(c));
    ck_assert_uint_eq(c->nfds, 1);
    fd = gr_peer_take_fd(c);
    ck_assert_int_eq(gr_peer_take_fd(c), -1);
    ck_assert_int_eq(pread(fd, buf, sizeof buf, 0), 6);
    ck_assert_str_eq(buf, "passed");
    l = gr_peer_listen(s, &(struct gr_peer_to){.path = "ours"}, NULL);
    ck_assert_int_ne(l->fd, -1);
    p = gr_start(s,
                 &(struct gr_prog){.argv = (const char *[]){"sock_talk", "connect", "ours", NULL}});
    c = gr_peer_accept(l);
    ck_assert_int_ne(c->fd, -1);
    fds[0] = fds[1] = fd;
    ck_assert_int_eq(gr_peer_send_fds(c, "bytes", 5, fds, 2), 0);
    close(fd);
    ck_assert(gr_wait_exit(p));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "passed\npassed\nbytes\n");
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(zombies_are_seen_while_it_runs)
{
    if (!scene_begin(_i, 5000))
        return;
    talk("reap", NULL, NULL);
    ck_assert_int_eq(gr_jail_processes(s), 0);
    ck_assert(gr_wait_childless(s));
    talk("zombie", NULL, NULL);
    ck_assert_int_eq(gr_jail_processes(s), 1);
    ck_assert(!gr_wait_childless(s));
    ck_assert(!gr_wait_childless(s));
    scene_end_as(GR_GO);
}
END_TEST

/* A server that waits for a client that waits for it: neither is late. */
START_TEST(silence_of_both_is_a_deadlock)
{
    struct gr_peer *c;
    size_t at = 0;

    if (!scene_begin(_i, 5000))
        return;
    talk("pieces", "door", NULL);
    c = to_path("door");
    gr_peer_say(c, "hello");
    ck_assert(!gr_peer_wait_bytes(c, 1));
    ck_assert(gr_fact(s, GR_FACT_WAIT, &at) != NULL);
    scene_end_as(GR_STOP_DEADLOCK);
}
END_TEST

START_TEST(waits_end_with_the_programs)
{
    struct gr_peer *c;
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = talk("die", "door", NULL);
    c = to_path("door");
    ck_assert(!gr_peer_wait_bytes(c, 1));
    ck_assert(gr_wait_exit(p));
    ck_assert(!gr_peer_wait_line(c, 0, "never"));
    scene_end_as(GR_GO);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bytes_go_both_ways,
                                  tcp_is_reset_when_asked,
                                  nobody_there_is_told,
                                  dribble_comes_in_single_bytes,
                                  mute_takes_nothing,
                                  full_queue_is_waited_for,
                                  full_queue_is_told_when_asked,
                                  full_queue_of_a_sleeper_is_a_deadlock,
                                  descriptors_come_and_go,
                                  zombies_are_seen_while_it_runs,
                                  silence_of_both_is_a_deadlock,
                                  waits_end_with_the_programs};
    Suite *suite = suite_create("peer");
    TCase *tc = tcase_create("peer");

    world_make();
    tcase_set_timeout(tc, 300);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_loop_test(tc, tests[i], GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    suite_add_tcase(suite, tc);
    return world_run(suite);
}
