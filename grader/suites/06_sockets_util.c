/* SPDX-License-Identifier: MIT */
/* Lab 06: what the scenarios of all parts need. */
#include "06_sockets.h"
#include "gr_moment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void need(struct gr_run *r, bool ok, const char *what)
{
    if (!ok)
        gr_fail(r, GR_INFRA, "%s: %s", what, strerror(errno));
}

char *letters(struct gr_run *r, size_t n)
{
    char *p = gr_xcalloc(1, n + 1);

    for (size_t i = 0; i < n; i++)
        p[i] = (char)('a' + gr_random(r, 26));
    return p;
}

static bool has_first_line(void *arg)
{
    const struct gr_proc *p = arg;

    return p->ended || (p->outbuf.len > 0 && memchr(p->outbuf.data, '\n', p->outbuf.len));
}

struct gr_proc *start_server(struct gr_run *r, struct gr_prog prog, const char *const *argv)
{
    struct gr_proc *p;
    const char *out;

    prog.argv = argv;
    p = gr_run_prog(r, &prog);
    gr_scene_until(r->scene, has_first_line, p);
    gr_scene_pump(r->scene, 0);
    out = gr_buf_text(&p->outbuf);
    if (p->ended && strncmp(out, "READY", 5) != 0 && r->scene->stop == GR_GO)
        gr_expect_exit(r, p, 0); /* how it ended says more than that READY is missing */
    gr_expect_came(r, r->scene->stop == GR_GO && has_first_line(p),
                   "`%s` should print READY as its first line once clients can connect",
                   p->command);
    if (strncmp(out, "READY", 5) != 0 || (out[5] != '\n' && out[5] != ' '))
        gr_fail(r, GR_FAIL, "the first line of `%s` should be READY, and is: %.60s", p->command,
                out);
    return p;
}

int port_of(struct gr_run *r, struct gr_proc *p)
{
    const char *out = gr_buf_text(&p->outbuf);
    char *end;
    long port = out[5] == ' ' ? strtol(out + 6, &end, 10) : 0;

    gr_expect(
        r, port > 0 && port < 65536 && *end == '\n',
        "`%s` should print READY and the port it listens on, `READY 40123`; it printed: %.60s",
        p->command, out);
    return (int)port;
}

struct gr_peer *client_to(struct gr_run *r, const struct gr_peer_to *to)
{
    struct gr_peer *p = gr_peer_connect(r->scene, to);

    if (p->fd == -1)
        gr_scene_pump(r->scene, 0);
    if (to->path)
        gr_expect_came(r, p->fd != -1, "a client cannot connect to the UNIX socket `%s`: %s",
                       to->path, strerror(p->error));
    gr_expect_came(r, p->fd != -1, "a client cannot connect to port %d of 127.0.0.1: %s", to->port,
                   strerror(p->error));
    return p;
}

struct gr_peer *client_at(struct gr_run *r, const char *path, int port)
{
    return client_to(r, &(struct gr_peer_to){.path = path, .port = port});
}

struct hearing {
    const struct gr_peer *p;
    size_t from, len, same; /* of the text, so many bytes came as they should */
    const char *text;
};

/* A first wrong byte decides: what is still missing behind it will never be right. */
static bool all_or_wrong(void *arg)
{
    struct hearing *h = arg;
    size_t n = h->p->in.len > h->from ? h->p->in.len - h->from : 0;
    const char *in = gr_buf_text(&h->p->in) + (n ? h->from : 0);

    while (h->same < n && h->same < h->len && in[h->same] == h->text[h->same])
        h->same++;
    return n >= h->len || h->same < n || h->p->ended;
}

bool wait_heard(struct gr_peer *p, size_t from, const char *text, size_t len)
{
    struct hearing h = {.p = p, .from = from, .len = len, .text = text};

    gr_peer_wait(p->scene, all_or_wrong, &h);
    return h.same == len || p->in.len > from + h.same;
}

void expect_heard(struct gr_run *r, struct gr_peer *p, const char *who, const char *text,
                  size_t len)
{
    bool came = wait_heard(p, 0, text, len);

    if (!came) { /* show how far it came, then why no further */
        char *got = gr_escape(p->in.data ? p->in.data : "", p->in.len, 300);

        r->rec.actual = got;
        r->rec.expected = gr_escape(text, len, 300);
        gr_expect_came(r, false, "%s should hear %zu bytes, and heard %zu", who, len, p->in.len);
    }
    gr_expect_bytes(r, who, gr_buf_text(&p->in), p->in.len, text, len);
}

void expect_term_caught(struct gr_run *r, struct gr_proc *p)
{
    if (p->ended && WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGTERM)
        gr_fail(
            r, GR_FAIL,
            "SIGTERM killed `%s`: nothing in it catches that signal. A handler (sigaction) only "
            "notes that it came; then the server closes its listening socket, finishes with its "
            "clients, removes its path and exits with 0",
            p->name);
}

void expect_end_after_term(struct gr_run *r, struct gr_proc *p, struct gr_peer *c, const char *who)
{
    bool came = gr_peer_wait_end(c);

    if (!came)
        expect_term_caught(r, p);
    gr_expect_came(r, came, "%s should get the end of its connection", who);
}

void expect_end(struct gr_run *r, struct gr_proc *p)
{
    gr_wait_exit(p);
    expect_term_caught(r, p);
    gr_expect_exit(r, p, 0);
}

void expect_only_ready(struct gr_run *r, struct gr_proc *p)
{
    const char *rest = strchr(gr_buf_text(&p->outbuf), '\n');

    gr_expect(r, rest == NULL || rest[1] == '\0',
              "`%s` should print nothing on standard output but the line READY, and went on with: "
              "%.60s. Other words belong on standard error",
              p->command, rest ? rest + 1 : "");
}

void expect_goodbye(struct gr_run *r, struct gr_proc *p)
{
    gr_signal(p, SIGTERM);
    expect_end(r, p);
}

void expect_end_before_sleep(struct gr_run *r, const char *const *argv)
{
    struct gr_proc *p = gr_term_before_sleep(r, &(struct gr_prog){.argv = argv});

    gr_wait_exit(p);
    gr_expect_came(
        r, r->scene->stop == GR_GO,
        "SIGTERM came after `%s` had looked at its flag and before the call that waits: "
        "it should end, and goes to sleep. Block the signal but inside that call (ppoll), "
        "or let it be something to be read (signalfd)",
        p->command);
    expect_end(r, p);
}

struct race {
    struct gr_proc *p, *clock;
};

static bool either_ended(void *arg)
{
    const struct race *w = arg;

    return w->p->ended || w->clock->ended;
}

/* No clock of ours decides, but an order: both sleep in the same jail, and are as late as each
 * other on a busy machine. */
void expect_end_within_grace(struct gr_run *r, struct gr_proc *p, const char *grace)
{
    static const char *const argv[] = {"sleep", "15", NULL};
    struct race w = {p, gr_start(r->scene, &(struct gr_prog){.argv = argv, .lens = GR_PLAIN})};

    gr_scene_until(r->scene, either_ended, &w);
    gr_expect_going(r);
    expect_term_caught(r, p);
    if (!p->ended)
        gr_fail(r, GR_FAIL,
                "15 seconds after SIGTERM `%s` is still there, whose GRACE is %s: what is not "
                "finished by then is closed",
                p->command, grace);
    gr_signal(w.clock, SIGKILL);
    gr_wait_exit(w.clock);
    gr_expect_exit(r, p, 0);
}

void expect_removed(struct gr_run *r, const char *path)
{
    if (gr_jail_mode(r->scene, path) != -1)
        gr_fail(r, GR_LEFTOVER,
                "the socket `%s` is still there after the server has ended: who made it removes it "
                "(unlink)",
                path);
}

void put_file(struct gr_run *r, const char *path, const char *text, mode_t mode)
{
    int fd = gr_jail_open(gr_scene(r), path, O_WRONLY | O_CREAT | O_EXCL, mode);

    need(r, fd != -1 && gr_write_all(fd, text, strlen(text)) == 0, path);
    close(fd);
}

void run_shell(struct gr_run *r, const char *line)
{
    const char *argv[] = {"sh", "-c", line, NULL};
    struct gr_proc *p = gr_start(gr_scene(r), &(struct gr_prog){.argv = argv, .lens = GR_PLAIN});

    gr_wait_exit(p);
    if (!p->ended || p->status != 0)
        gr_fail(r, GR_INFRA, "cannot prepare the work folder: %.200s", gr_buf_text(&p->errbuf));
}

void hold(struct gr_run *r, struct gr_proc *p)
{
    gr_signal(p, SIGSTOP);
    gr_wait_stuck(r->scene);
    gr_expect_going(r);
}
