/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6A: scenarios for `frame.c`, called by grader/suites/06-sockets/frame_driver.c,
 * whose head comment tells the format of its lines. */
#include "06_sockets.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LARGEST = 65536, BYTES = 1 << 20 };

/* Start the driver with @fd as descriptor 0. */
static struct gr_proc *drive_at(struct gr_run *r, struct gr_prog prog, const char *const *argv,
                                int fd)
{
    struct gr_proc *p;

    prog.argv = argv;
    prog.stdin_fd = fd;
    p = gr_run_prog(r, &prog);
    close(fd);
    return p;
}

/* The same with one end of a socketpair; the other one is the peer. */
static struct gr_proc *drive(struct gr_run *r, struct gr_prog prog, const char *const *argv,
                             struct gr_peer **peer)
{
    int ends[2];

    need(r, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    *peer = gr_peer_adopt(gr_scene(r), ends[0]);
    return drive_at(r, prog, argv, ends[1]);
}

static void expect_driver_end(struct gr_run *r, struct gr_proc *p, const char *text)
{
    gr_wait_exit(p);
    gr_expect_came(r, r->scene->stop == GR_GO, "frame_read or frame_write does not return");
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, text);
}

/* Give the bytes of @b and then the end; the driver must print what they mean. */
static void expect_read(struct gr_run *r, struct gr_prog prog, const struct gr_buf *b, bool dribble)
{
    static const char *const argv[] = {"frame_driver", "--sigusr1", "read", NULL};
    struct gr_buf want = {.cap = BYTES};
    struct gr_peer *peer;
    struct gr_proc *p;

    p = drive(r, prog, argv, &peer);
    r->rec.input = gr_escape(gr_buf_text(b), b->len, 200);
    peer->dribble = dribble;
    gr_peer_send(peer, gr_buf_text(b), b->len);
    gr_peer_shut(peer);
    frames_expected(&want, gr_buf_text(b), b->len, LONG_MAX);
    expect_driver_end(r, p, gr_buf_text(&want));
    gr_buf_release(&want);
}

void frame_writes(struct gr_run *r)
{
    static const size_t sizes[] = {5, 0, 1, 258, LARGEST, 3};
    static const char *const argv[] = {"frame_driver", "write", "5", "0", "1",
                                       "258",          "65536", "3", NULL};
    struct gr_buf want = {.cap = BYTES};
    struct gr_peer *peer;
    struct gr_proc *p = drive(r, (struct gr_prog){0}, argv, &peer);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        frames_add(&want, sizes[i]);
    gr_peer_wait_end(peer);
    gr_expect_going(r);
    gr_expect_bytes(r, "what frame_write sent", gr_buf_text(&peer->in), peer->in.len,
                    gr_buf_text(&want), want.len);
    expect_driver_end(r, p,
                      "ret 0 errno -\nret 0 errno -\nret 0 errno -\nret 0 errno -\nret 0 errno -\n"
                      "ret 0 errno -\n");
    gr_buf_release(&want);
}

/* It must return as soon as the frame is whole: nothing more comes until it has. */
static void expect_at_once(struct gr_run *r, size_t len)
{
    static const char *const argv[] = {"frame_driver", "read", "1", NULL};
    struct gr_buf b = {.cap = BYTES}, line = {.cap = 64};
    struct gr_peer *peer;
    struct gr_proc *p = drive(r, (struct gr_prog){0}, argv, &peer);

    frames_add(&b, len);
    frames_add_line(&line, b.data + 4, len);
    line.data[--line.len] = '\0';
    gr_peer_send(peer, b.data, b.len);
    gr_expect_came(r, gr_wait_line(p, false, line.data),
                   "the frame of %zu bytes is there, and frame_read should return it", len);
    gr_peer_shut(peer);
    gr_expect_exit(r, p, 0);
    gr_buf_release(&b);
    gr_buf_release(&line);
}

void frame_reads_pieces(struct gr_run *r)
{
    struct gr_buf b = {.cap = BYTES};

    for (int i = 0; i < 4; i++)
        frames_add(&b, i == 1 ? 0 : 1 + gr_random(r, 40));
    expect_read(r, (struct gr_prog){0}, &b, true);
    expect_at_once(r, 0);
    expect_at_once(r, 1 + gr_random(r, 3000));
    gr_buf_release(&b);
}

void frame_reads_joined(struct gr_run *r)
{
    static const char *const argv[] = {"frame_driver", "read", "3", NULL};
    struct gr_buf b = {.cap = BYTES}, want = {.cap = BYTES};
    struct gr_peer *peer;
    struct gr_proc *p = drive(r, (struct gr_prog){0}, argv, &peer);

    for (int i = 0; i < 6; i++)
        frames_add(&b, gr_random(r, 200));
    gr_peer_send(peer, b.data, b.len);
    gr_peer_shut(peer);
    frames_expected(&want, b.data, b.len, 3);
    expect_driver_end(r, p, gr_buf_text(&want));
    b.len = 0;
    for (int i = 0; i < 5; i++)
        frames_add(&b, i == 2 ? LARGEST : gr_random(r, 3000));
    expect_read(r, (struct gr_prog){0}, &b, false);
    gr_buf_release(&b);
    gr_buf_release(&want);
}

/* The peer goes while bytes for it lie unread: the kernel says ECONNRESET, once. That is neither an
 * end nor a broken frame. Nothing comes in the same call, so no error is kept for a later one. */
static void expect_reset(struct gr_run *r, const char *sent, size_t n)
{
    static const char *const argv[] = {"frame_driver", "read", NULL};
    int ends[2];
    struct gr_peer *peer;
    struct gr_proc *p;

    need(r, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    need(r, write(ends[1], "?", 1) == 1, "write");
    peer = gr_peer_adopt(gr_scene(r), ends[0]);
    peer->mute = true;
    p = drive_at(r, (struct gr_prog){0}, argv, ends[1]);
    gr_peer_send(peer, sent, n);
    gr_peer_close(peer);
    r->rec.input = gr_xasprintf("%s, then a reset", n ? "a length of 5" : "nothing");
    expect_driver_end(r, p, "ret -1 errno ECONNRESET payload null len 0\nrest 0\n");
}

void frame_sees_the_end(struct gr_run *r)
{
    struct gr_buf b = {.cap = BYTES};
    size_t first;

    expect_read(r, (struct gr_prog){0}, &b, false); /* the end at once */
    frames_add(&b, 7);
    expect_read(r, (struct gr_prog){0}, &b, false);
    first = b.len;
    frames_add(&b, 100);
    for (size_t more = 1; more <= 4; more++) { /* in the length, and behind it */
        b.len = first + more;
        expect_read(r, (struct gr_prog){0}, &b, false);
    }
    b.len = first + 5 + gr_random(r, 99);
    expect_read(r, (struct gr_prog){0}, &b, false);
    expect_reset(r, "", 0);
    expect_reset(r, "\0\0\0\5", 4);
    gr_buf_release(&b);
}

/* The length is refused at once: no byte of the payload ever comes, nor does the end. */
static void expect_refused(struct gr_run *r, uint32_t len)
{
    static const char *const argv[] = {"frame_driver", "read", "1", NULL};
    struct gr_buf b = {.cap = 64};
    struct gr_peer *peer;
    struct gr_proc *p = drive(r, (struct gr_prog){0}, argv, &peer);

    frames_add_head(&b, len);
    gr_peer_send(peer, b.data, b.len);
    gr_wait_bytes(p, 1); /* any line: what it says is looked at below */
    gr_expect_came(r, r->scene->stop == GR_GO,
                   "frame_read should refuse a length of %u (0x%08x) at once", len, len);
    gr_peer_shut(peer);
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "ret -1 errno EMSGSIZE payload null len 0\nrest 0\n");
    gr_buf_release(&b);
}

/* Frames with a wrong byte, or cut off somewhere. */
static void fuzz(struct gr_run *r, struct gr_buf *b)
{
    unsigned frames = 1 + gr_random(r, 4);

    b->len = 0;
    for (unsigned i = 0; i < frames; i++)
        frames_add(b, gr_random(r, 60));
    for (unsigned i = gr_random(r, 3); i > 0; i--)
        b->data[gr_random(r, (unsigned)b->len)] = (char)gr_random(r, 256);
    if (gr_random(r, 3) == 0)
        b->len = gr_random(r, (unsigned)b->len + 1);
}

void frame_refuses_bombs(struct gr_run *r)
{
    static const uint32_t lengths[] = {LARGEST + 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x01000000};
    static const char *const argv[] = {"frame_driver", "write", "65537", NULL};
    struct gr_buf b = {.cap = BYTES};
    struct gr_peer *peer;
    struct gr_proc *p;

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        expect_refused(r, lengths[i]);
    for (int i = 0; i < 16; i++) {
        fuzz(r, &b);
        expect_read(r, (struct gr_prog){0}, &b, false);
    }
    p = drive(r, (struct gr_prog){0}, argv, &peer);
    expect_driver_end(r, p, "ret -1 errno EMSGSIZE\n");
    gr_expect(r, peer->in.len == 0,
              "frame_write should send nothing of a payload that is too long; %zu bytes came",
              peer->in.len);
    gr_buf_release(&b);
}

/* A peer that has gone: no signal, but an error; and that without a change of what the whole
 * program does about the signal. */
static void expect_no_sigpipe(struct gr_run *r)
{
    static const char *const argv[] = {"frame_driver", "--sigpipe", "write", "5", "5", NULL};
    int ends[2];

    need(r, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    close(ends[0]);
    expect_driver_end(r, drive_at(r, (struct gr_prog){0}, argv, ends[1]),
                      "ret -1 errno EPIPE\nret -1 errno EPIPE\nSIGPIPE left as it was\n");
}

void frame_survives_short_counts(struct gr_run *r)
{
    static const char *const argv[] = {"frame_driver", "--sigusr1", "write", "300",
                                       "65536",        "0",         "9",     NULL};
    static const size_t sizes[] = {300, LARGEST, 0, 9};
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 60, .eintr = 25};
    struct gr_buf b = {.cap = BYTES}, want = {.cap = BYTES};
    struct gr_peer *peer;
    struct gr_proc *p;

    for (int i = 0; i < 12; i++)
        frames_add(&b, gr_random(r, 9000));
    expect_read(r, (struct gr_prog){.inject = &in}, &b, false);
    p = drive(r, (struct gr_prog){.inject = &in}, argv, &peer);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        frames_add(&want, sizes[i]);
    gr_peer_wait_end(peer);
    gr_expect_going(r);
    gr_expect_bytes(r, "what frame_write sent", gr_buf_text(&peer->in), peer->in.len,
                    gr_buf_text(&want), want.len);
    expect_driver_end(r, p, "ret 0 errno -\nret 0 errno -\nret 0 errno -\nret 0 errno -\n");
    expect_no_sigpipe(r);
    gr_buf_release(&b);
    gr_buf_release(&want);
}

void frame_memory(struct gr_run *r)
{
    static const char *const argv[] = {"frame_driver", "write", "300", "0", "65536", NULL};
    struct gr_buf b = {.cap = BYTES};
    struct gr_peer *peer;

    frames_add(&b, LARGEST);
    frames_add(&b, 0);
    frames_add(&b, 100);
    b.len -= 1 + gr_random(r, 90);
    expect_read(r, (struct gr_prog){0}, &b, false);
    fuzz(r, &b);
    frames_add_head(&b, 0xffffff00u + gr_random(r, 256));
    expect_read(r, (struct gr_prog){0}, &b, false);
    expect_driver_end(r, drive(r, (struct gr_prog){0}, argv, &peer),
                      "ret 0 errno -\nret 0 errno -\nret 0 errno -\n");
    gr_buf_release(&b);
}

void frame_keeps_no_descriptor(struct gr_run *r)
{
    static const char *const ways[] = {"read", "write"};
    struct gr_buf b = {.cap = BYTES};

    frames_add(&b, 10);
    frames_add_head(&b, LARGEST + 1);
    for (int i = 0; i < 2; i++) {
        const char *argv[] = {"frame_driver",     "--fds", ways[i], i ? "5" : NULL,
                              i ? "65537" : NULL, NULL};
        struct gr_peer *peer;
        struct gr_proc *p = drive(r, (struct gr_prog){0}, argv, &peer);

        gr_peer_send(peer, b.data, b.len);
        gr_peer_shut(peer);
        gr_wait_exit(p);
        gr_expect_going(r);
        gr_expect_exit(r, p, 0);
        gr_expect(r, strncmp(gr_buf_text(&p->outbuf), i ? "ret 0" : "frame 10 ", 5) == 0,
                  "a frame of %d bytes should go through frame_%s first", i ? 5 : 10, ways[i]);
        if (!gr_wait_line(p, false, "fds 0 1 2"))
            gr_fail(r, GR_LEFTOVER,
                    "after frame_%s, descriptors 0, 1 and 2 should be open and no other: %.200s",
                    ways[i], gr_buf_text(&p->outbuf));
    }
    gr_buf_release(&b);
}
