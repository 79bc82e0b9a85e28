/* SPDX-License-Identifier: MIT */
/**
 * Raw peers and planted objects in a scene, on both backends: each helper with a program that does
 * what is waited for, or does not.
 */
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "gr_fifo.h"
#include "gr_files.h"
#include "gr_server.h"
#include "scene_fixture.h"

enum { BIG = 200000 };

static struct gr_proc *go(struct gr_prog prog, const char *a, const char *b, const char *c)
{
    const char *argv[] = {"partner", a, b, c, NULL};

    prog.argv = argv;
    return gr_start(s, &prog);
}

static int fifo(const char *name, int flags)
{
    int fd;

    ck_assert_int_eq(gr_jail_mkfifo(s, name, 0600), 0);
    fd = gr_jail_open(s, name, flags, 0);
    ck_assert_msg(fd >= 0, "%s: %s", name, strerror(errno));
    return fd;
}

static unsigned mode_of(const char *path)
{
    struct stat st;

    ck_assert_msg(gr_jail_stat(s, path, &st) == 0, "%s: %s", path, strerror(errno));
    return (unsigned)st.st_mode;
}

START_TEST(objects_are_planted_and_read)
{
    size_t len = 0;
    char *text;

    if (!scene_begin(_i, 5000))
        return;
    ck_assert_int_eq(gr_jail_mkdir(s, "d", 0700), 0);
    ck_assert_int_eq(gr_jail_mkdir(s, "d", 0700), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(gr_jail_plant(s, "d/b", 0600, "a text\n"), 0);
    ck_assert_int_eq(gr_jail_plant(s, "d/b", 0600, "another\n"), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(gr_jail_mkfifo(s, "d/a", 0600), 0);
    ck_assert(S_ISFIFO(mode_of("d/a")));
    ck_assert(S_ISREG(mode_of("d/b")));
    text = gr_jail_read(s, "d/b", 100, &len);
    ck_assert_str_eq(text, "a text\n");
    ck_assert_uint_eq(len, 7);
    free(text);
    ck_assert_ptr_null(gr_jail_read(s, "d/b", 3, &len));
    ck_assert_int_eq(errno, EFBIG);
    ck_assert_ptr_null(gr_jail_read(s, "d/a", 100, &len)); /* a FIFO: no waiting for a writer */
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_ptr_null(gr_jail_read(s, "no", 100, &len));
    ck_assert_int_eq(errno, ENOENT);
    text = gr_jail_names(s, "d");
    ck_assert_str_eq(text, "a b");
    free(text);
    ck_assert_int_eq(gr_jail_unlink(s, "d"), -1); /* not empty */
    ck_assert_int_eq(gr_jail_unlink(s, "d/a"), 0);
    ck_assert_int_eq(gr_jail_unlink(s, "d/b"), 0);
    ck_assert_int_eq(gr_jail_unlink(s, "d"), 0);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(links_are_not_followed)
{
    static const char *const argv[] = {"ln", "-s", "/etc/passwd", "link", NULL};
    struct gr_proc *p;
    struct stat st;
    size_t len;

    if (!scene_begin(_i, 5000))
        return;
    p = gr_start(s, &(struct gr_prog){.argv = argv});
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(gr_jail_stat(s, "link", &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_ptr_null(gr_jail_read(s, "link", 1 << 20, &len));
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(umask_is_as_asked)
{
    static const struct {
        bool set;
        unsigned umask, mode;
    } rows[] = {{true, 0, 0666}, {true, 027, 0640}, {true, 0777, 0}};
    static const char *const argv[] = {"mkfifo", "f", NULL};

    if (!scene_begin(_i, 5000))
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct gr_prog prog = {
            .argv = argv, .set_umask = rows[i].set, .umask = rows[i].umask};
        struct gr_proc *p = gr_start(s, &prog);

        ck_assert(gr_wait_exit(p));
        ck_assert_int_eq(p->status, 0);
        ck_assert_uint_eq(mode_of("f"), S_IFIFO | rows[i].mode);
        ck_assert_int_eq(gr_jail_unlink(s, "f"), 0);
    }
    scene_end_as(GR_GO);
}
END_TEST

/* Far more than a FIFO holds, in both directions, with the suite at the other end. */
START_TEST(peers_read_and_write)
{
    static char text[BIG + 1];
    struct gr_buf got = {.cap = (size_t)2 * BIG};
    struct gr_proc *r, *w;
    int in, out;

    if (!scene_begin(_i, 5000))
        return;
    for (size_t i = 0; i < BIG; i++)
        text[i] = (char)(i % 100 == 99 ? '\n' : 'a' + i % 26);
    in = fifo("in", O_RDWR);
    r = go((struct gr_prog){0}, "read-from", "in", NULL);
    ck_assert(gr_put_fd(s, in, text, BIG));
    ck_assert(gr_wait_bytes(r, BIG));
    ck_assert_mem_eq(r->outbuf.data, text, BIG);
    close(in);
    ck_assert(gr_wait_exit(r));
    out = fifo("out", O_RDONLY);
    w = go((struct gr_prog){.keep_input = true}, "write-to", "out", NULL);
    gr_send(w, "one\ntw", 6);
    ck_assert(gr_wait_fd_line(s, out, &got, 0));
    gr_send(w, "o\n", 2);
    ck_assert(gr_wait_fd_line(s, out, &got, 4));
    ck_assert_str_eq(gr_buf_text(&got), "one\ntwo\n");
    gr_send(w, text, BIG);
    gr_close_input(w);
    ck_assert(gr_wait_fd_end(s, out, &got));
    ck_assert_uint_eq(got.len, BIG + 8);
    ck_assert(!gr_wait_fd_line(s, out, &got, BIG + 8)); /* it ended: nothing can come */
    gr_buf_release(&got);
    close(out);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(put_to_nobody_fails)
{
    int rfd, wfd;

    if (!scene_begin(_i, 5000))
        return;
    rfd = fifo("f", O_RDONLY);
    wfd = gr_jail_open(s, "f", O_WRONLY, 0);
    ck_assert_int_ge(wfd, 0);
    close(rfd);
    ck_assert(!gr_put_fd(s, wfd, "x", 1));
    ck_assert_int_eq(errno, EPIPE);
    close(wfd);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(wait_for_a_silent_peer_is_a_deadlock)
{
    struct gr_buf got = {.cap = 100};
    int fd;

    if (!scene_begin(_i, 5000))
        return;
    fd = fifo("f", O_RDWR);
    go((struct gr_prog){.keep_input = true}, "write-to", "f", NULL);
    ck_assert(!gr_wait_fd_line(s, fd, &got, 0));
    close(fd);
    scene_end_as(GR_STOP_DEADLOCK);
}
END_TEST

/* 100 bytes do not go where there is room for 20: all of them wait. */
START_TEST(full_fifo_holds_a_writer)
{
    static char text[101];
    struct gr_proc *p;
    char buf[5000];
    int fd, waiting = -1;

    if (!scene_begin(_i, 5000))
        return;
    memset(text, 'x', 100);
    fd = fifo("f", O_RDWR);
    ck_assert_int_eq(gr_fill_fd(fd, '.', 20), sysconf(_SC_PAGESIZE) - 20);
    ck_assert_int_eq(gr_fill_fd(fd, '.', 1 << 20), -1);
    p = go((struct gr_prog){.input = text}, "write-to", "f", NULL);
    ck_assert(gr_wait_stuck(s));
    ck_assert_int_eq(ioctl(fd, FIONREAD, &waiting), 0);
    ck_assert_int_eq(waiting, sysconf(_SC_PAGESIZE) - 20);
    ck_assert_int_eq(read(fd, buf, (size_t)waiting), waiting);
    ck_assert(gr_wait_fd(s, fd, buf, 100));
    ck_assert_mem_eq(buf, text, 100);
    ck_assert(gr_wait_exit(p));
    close(fd);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(writer_comes_when_somebody_reads)
{
    struct gr_proc *p;
    int fd;

    if (!scene_begin(_i, 5000))
        return;
    ck_assert_int_eq(gr_jail_mkfifo(s, "f", 0600), 0);
    p = go((struct gr_prog){.keep_input = true}, "echo", "read-from", "f");
    gr_close_input(p); /* it opens the FIFO after this, whenever it likes */
    fd = gr_wait_writer(s, "f");
    ck_assert_int_ge(fd, 0);
    ck_assert(gr_put_fd(s, fd, "x\n", 2));
    ck_assert(gr_wait_line(p, false, "x"));
    close(fd);
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(gr_wait_writer(s, "f"), -1); /* all ended: nobody will ever read */
    ck_assert_int_eq(errno, ENXIO);
    ck_assert_int_eq(gr_wait_writer(s, "no"), -1);
    ck_assert_int_eq(errno, ENOENT);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(file_is_seen_to_grow)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = gr_start(
        s, &(struct gr_prog){.argv = (const char *const[]){"tee", "f", NULL}, .keep_input = true});
    ck_assert(gr_wait_file(s, "f", 0));
    gr_send(p, "12345", 5);
    ck_assert(gr_wait_file(s, "f", 5));
    ck_assert(!gr_wait_file(s, "f", 6)); /* all sleep: it cannot grow any more */
    scene_end_as(GR_STOP_DEADLOCK);
}
END_TEST

START_TEST(held_program_stands)
{
    struct gr_proc *p;
    struct gr_run r = {0};

    if (!scene_begin(_i, 5000))
        return;
    r.scene = s;
    p = go((struct gr_prog){.keep_input = true}, "echo", NULL, NULL);
    gr_hold(&r, p);
    gr_send(p, "x\n", 2);
    ck_assert(gr_wait_stuck(s));
    ck_assert(gr_wait_stuck(s)); /* as often as it is asked */
    ck_assert_uint_eq(p->outbuf.len, 0);
    ck_assert_int_eq(gr_signal(p, SIGCONT), 0);
    ck_assert(gr_wait_line(p, false, "x"));
    gr_close_input(p);
    ck_assert(gr_wait_exit(p));
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(descriptors_are_listed)
{
    struct gr_fds fds = {0};
    struct gr_proc *p;
    bool seen = false;
    int fd;

    if (!scene_begin(_i, 5000))
        return;
    fd = fifo("some-name", O_RDWR);
    p = go((struct gr_prog){0}, "read-from", "some-name", NULL);
    ck_assert(gr_wait_blocked(p, SYS_read, 3));
    ck_assert_int_eq(gr_open_fds(p, &fds), 0);
    ck_assert_uint_eq(fds.n, 4);
    for (size_t i = 0; i < fds.n; i++)
        seen = seen || (fds.v[i].fd == 3 && strstr(fds.v[i].what, "/some-name"));
    ck_assert(seen);
    close(fd);
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(gr_open_fds(p, &fds), -1);
    ck_assert_int_eq(errno, ESRCH);
    scene_end_as(GR_GO);
}
END_TEST

/* Held between the open of one path and what comes next; another path is no reason to stop. */
START_TEST(open_of_a_path_is_a_place)
{
    static const char *const rules[] = {"stop=after:open(me/cl.)", NULL};
    static const struct gr_inject in = {.rules = rules};
    struct gr_proc *p;
    struct gr_call c = {.pid = 0};
    char buf[3];
    size_t at = 0;
    int fd, other;

    if (!scene_begin(_i, 5000))
        return;
    ck_assert_int_eq(gr_jail_mkdir(s, "me", 0700), 0);
    other = fifo("cl.1", O_RDWR);
    fd = fifo("me/cl.1", O_RDWR);
    p = go((struct gr_prog){.inject = &in, .input = "one"}, "write-to", "cl.1", NULL);
    ck_assert(!gr_wait_call_or_fd(s, &at, "@stop", "after:open", &c, other));
    ck_assert(gr_wait_exit(p));
    p = go((struct gr_prog){.inject = &in, .input = "two"}, "write-to", "me/cl.1", NULL);
    ck_assert(gr_wait_call_or_fd(s, &at, "@stop", "after:open", &c, fd));
    ck_assert_int_eq(read(fd, buf, 3), -1);
    ck_assert(gr_resume(s, c.pid));
    ck_assert(gr_wait_fd(s, fd, buf, 3));
    ck_assert(gr_wait_exit(p));
    close(fd);
    close(other);
    scene_end_as(GR_GO);
}
END_TEST

static Suite *suite(void)
{
    const TTest *const tests[] = {objects_are_planted_and_read,
                                  links_are_not_followed,
                                  umask_is_as_asked,
                                  peers_read_and_write,
                                  put_to_nobody_fails,
                                  wait_for_a_silent_peer_is_a_deadlock,
                                  full_fifo_holds_a_writer,
                                  writer_comes_when_somebody_reads,
                                  held_program_stands,
                                  file_is_seen_to_grow,
                                  descriptors_are_listed,
                                  open_of_a_path_is_a_place,
                                  NULL};
    Suite *suite = suite_create("fifo");
    TCase *tc = tcase_create("peers");

    tcase_set_timeout(tc, 300);
    for (size_t i = 0; tests[i] != NULL; i++)
        tcase_add_loop_test(tc, tests[i], GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    world_make();
    return world_run(suite());
}
