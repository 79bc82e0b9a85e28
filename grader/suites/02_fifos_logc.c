/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2A: logc with the suite as its server, in a FIFO that has too little room. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../labs/02-fifos/log.h"

/* Room for a header, and not for a chunk: what goes in now was written by itself. */
enum { ROOM = 64, LINE = 5000 };

/* The chunk at @at, as it lies there. */
static struct log_chunk chunk_at(const struct gr_buf *b, size_t at)
{
    struct log_chunk c = {.len = 0};
    size_t n = b->len - at;

    if (n > 0)
        memcpy(&c, b->data + at, n < sizeof c ? n : sizeof c);
    return c;
}

/* Whole chunks only, from *@at on: logc waits in the middle of nothing. */
static void expect_whole_chunks(struct gr_run *r, const struct gr_buf *b, size_t *at, int room)
{
    while (*at < b->len) {
        struct log_chunk c = chunk_at(b, *at);
        size_t left = b->len - *at;

        gr_expect(r, left < LOG_HEADER || c.len <= LOG_DATA_MAX,
                  "logc sent a chunk with %u bytes of data: with its header that is more than "
                  "PIPE_BUF bytes, and the kernel may cut it and put bytes of others in between",
                  c.len);
        if (left >= LOG_HEADER && left >= LOG_HEADER + c.len) {
            *at += LOG_HEADER + c.len;
            continue;
        }
        gr_fail(r, GR_FAIL,
                "logc waits in the middle of a chunk: the FIFO had room for %d bytes, and there "
                "are the first %zu bytes of a chunk in it. A chunk must go out in one write() of "
                "at most PIPE_BUF bytes; now the bytes of another client may come in between",
                room, left);
    }
}

/* Take what is in the FIFO, and nothing that logc writes as soon as there is room. */
static void take_all(struct gr_run *r, int fd, struct gr_buf *b)
{
    char chunk[8192];
    ssize_t got = 0;
    int left;

    if (ioctl(fd, FIONREAD, &left) == -1)
        gr_fail(r, GR_INFRA, "ioctl(FIONREAD): %s", strerror(errno));
    for (; left > 0; left -= (int)got) {
        got = read(fd, chunk, (size_t)left < sizeof chunk ? (size_t)left : sizeof chunk);
        if (got <= 0)
            gr_fail(r, GR_INFRA, "cannot read a FIFO of the jail: %s", strerror(errno));
        gr_buf_add(b, chunk, (size_t)got);
    }
}

/* Put the chunks together. Return: the lines, to be freed. */
static char *lines_of(struct gr_run *r, const struct gr_buf *b, int pid, const char *tag)
{
    char want_tag[LOG_TAG_MAX] = {0};
    struct gr_buf text = {.cap = 1 << 20};
    bool first = true;

    memcpy(want_tag, tag, strlen(tag));
    for (size_t at = 0; at < b->len;) {
        struct log_chunk c = chunk_at(b, at);

        gr_expect(r, c.pid == pid, "a chunk carries pid %d; getpid() of this logc is %d", c.pid,
                  pid);
        gr_expect(r, memcmp(c.tag, want_tag, sizeof c.tag) == 0,
                  "a chunk carries another tag than \"%s\" and zeros behind it", tag);
        gr_expect(r, !(c.flags & LOG_FIRST) == !first,
                  "LOG_FIRST belongs to the first chunk of a record, and to no other");
        gr_buf_add(&text, c.data, c.len);
        gr_buf_add(&text, "\n", (c.flags & LOG_LAST) != 0);
        first = c.flags & LOG_LAST;
        at += LOG_HEADER + c.len;
    }
    gr_expect(r, first, "the last record lacks its LOG_LAST");
    gr_buf_add(&text, "", 0);
    return text.data;
}

/* Start logc at a FIFO with ROOM bytes left, and let it go on page by page. */
static struct gr_proc *run_in_small_pieces(struct gr_run *r, const char *input, struct gr_buf *b)
{
    struct gr_scene *s = gr_scene(r);
    int fd = -1, room = ROOM;
    struct gr_proc *p;
    ssize_t filled;
    size_t at;

    if (gr_jail_mkfifo(s, "fifo", 0600) == -1 || (fd = gr_jail_open(s, "fifo", O_RDWR, 0)) == -1 ||
        (filled = gr_fill_fd(fd, '.', ROOM)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a full FIFO in the jail: %s", strerror(errno));
    p = gr_run_args(r, input, "logc", "fifo", "tag-1", NULL);
    for (at = (size_t)filled; !p->ended;) {
        gr_wait_idle(s);
        gr_expect_going(r);
        take_all(r, fd, b);
        expect_whole_chunks(r, b, &at, room);
        room = (int)filled + ROOM;
    }
    take_all(r, fd, b);
    close(fd);
    if (!b->data || b->len < (size_t)filled)
        gr_fail(r, GR_INFRA, "what the FIFO was filled with is gone");
    memmove(b->data, b->data + filled, b->len - (size_t)filled);
    b->len -= (size_t)filled;
    return p;
}

void logc_writes_whole_chunks(struct gr_run *r)
{
    char *line = random_line(r, LINE), *text = gr_xasprintf("%sshort\n\nend", line), *got;
    char *want = gr_xasprintf("%s\n", text);
    struct gr_buf b = {.cap = 1 << 20};
    struct gr_proc *p = run_in_small_pieces(r, text, &b);

    gr_expect_exit(r, p, 0);
    got = lines_of(r, &b, p->pid, "tag-1");
    gr_expect_bytes(r, "what the records of logc hold", got ? got : "", got ? strlen(got) : 0, want,
                    strlen(want));
    gr_jail_unlink(r->scene, "fifo");
    gr_buf_release(&b);
    free(got);
    free(want);
    free(text);
    free(line);
}

/* The FIFO is there, and its server is not yet. */
void logc_waits_for_its_server(struct gr_run *r)
{
    struct gr_scene *s = gr_scene(r);
    struct gr_buf b = {.cap = 1 << 20};
    struct gr_proc *p;
    char *got;
    int fd;

    if (gr_jail_mkfifo(s, "fifo", 0600) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
    p = gr_run_args(r, "early\n", "logc", "fifo", "tag-1", NULL);
    if (!expect_sleep(r, p, "in open(), which without O_NONBLOCK waits for a reader"))
        return;
    gr_expect(r, !p->ended,
              "the FIFO is there, and nobody has it open for reading yet: logc must wait for its "
              "server, and ended. (With O_NONBLOCK open() fails with ENXIO then.) It said: %.200s",
              gr_buf_text(&p->errbuf));
    fd = gr_jail_open(s, "fifo", O_RDONLY, 0);
    if (fd == -1)
        gr_fail(r, GR_INFRA, "cannot open a FIFO of the jail: %s", strerror(errno));
    expect_came(r, gr_wait_exit(p), "a server came, and logc does not come to its end");
    gr_expect_exit(r, p, 0);
    take_all(r, fd, &b);
    got = lines_of(r, &b, p->pid, "tag-1");
    gr_expect_bytes(r, "what logc sent to its late server", got ? got : "", got ? strlen(got) : 0,
                    "early\n", 6);
    close(fd);
    gr_jail_unlink(s, "fifo");
    gr_buf_release(&b);
    free(got);
}

/* A record of a client that does not keep to the limit: one byte more than a line may have, and the
 * rest of it after that. */
static void put_longer_record(struct gr_run *r, int32_t pid)
{
    int fd = gr_wait_writer(r->scene, "fifo");
    struct log_chunk c = {.pid = pid, .flags = LOG_FIRST, .tag = "raw"};

    gr_expect(r, fd != -1, "the FIFO of logd cannot be opened for writing: %s", strerror(errno));
    memset(c.data, 'x', sizeof c.data);
    for (size_t left = LOG_LINE_MAX + 1; left > 0; left -= c.len, c.flags = 0) {
        c.len = (uint32_t)(left < LOG_DATA_MAX ? left : LOG_DATA_MAX);
        put_chunk(r, fd, &c, LOG_HEADER + c.len);
    }
    c.flags = LOG_LAST;
    c.len = 4;
    put_chunk(r, fd, &c, LOG_HEADER + c.len);
    c.flags = LOG_FIRST | LOG_LAST;
    memcpy(c.data, "next", 4);
    put_chunk(r, fd, &c, LOG_HEADER + c.len);
    close(fd);
}

/* One byte more than a line may have: an error, and no record. */
void longer_lines_are_refused(struct gr_run *r)
{
    static const char want[] = "A fits\nraw next\n";
    char *line = random_line(r, LOG_LINE_MAX + 1), *text = gr_xasprintf("fits\n%s", line), *got;
    size_t len = 0;
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0});
    struct gr_proc *p = gr_run_args(r, text, "logc", "fifo", "A", NULL);

    expect_failure(r, p, "a line is longer than LOG_LINE_MAX");
    gr_wait_idle(r->scene);
    gr_expect_file(r, "out", "A fits\n", 7);
    put_longer_record(r, 7000001);
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    expect_alive(r, logd, "a record that grew longer than LOG_LINE_MAX");
    r->about = logd;
    got = gr_jail_read(r->scene, "out", 1 << 20, &len);
    gr_expect_bytes_because(r, "out", got ? got : "", len, want, sizeof want - 1,
                            "a record that grows longer than LOG_LINE_MAX is thrown away, with all "
                            "that still comes of it (log.h)");
    free(got);
    gr_expect_term(r, logd);
    gr_jail_unlink(r->scene, "out");
    free(line);
    free(text);
}
