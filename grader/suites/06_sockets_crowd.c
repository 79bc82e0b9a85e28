/* SPDX-License-Identifier: MIT */
/* Lab 06: many clients at the same moment, and the addresses a port is on. */
#include "06_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { LISTENING = 0x0a, ADDRESS = 32 }; /* in /proc/net/tcp and tcp6 */

static void fill_queue(struct gr_run *r, struct gr_proc *p, const struct gr_peer_to *to,
                       struct gr_peer **c)
{
    struct gr_peer_to once = *to;

    once.once = true;
    for (int i = 0; i < CROWD; i++) {
        c[i] = gr_peer_connect(r->scene, &once);
        gr_expect_going(r);
        gr_expect(r, c[i]->error != EAGAIN,
                  "while `%s` is busy with something else, %d clients at its %s can wait to be "
                  "accepted, and the next one finds no room: the queue for connections should hold "
                  "at least %d (the second argument of listen)",
                  p->command, i, to->path ? "path" : "port", CROWD);
        gr_expect(r, c[i]->fd != -1, "client %d of %d cannot connect to the %s of `%s`: %s", i + 1,
                  CROWD, to->path ? "path" : "port", p->command, strerror(c[i]->error));
    }
}

void line_up(struct gr_run *r, struct gr_proc *p, const struct gr_peer_to *to, struct gr_peer **c)
{
    hold(r, p);
    fill_queue(r, p, to, c);
    gr_signal(p, SIGCONT);
}

void line_up_twice(struct gr_run *r, struct gr_proc *p, const char *path, int port,
                   struct gr_peer **c)
{
    hold(r, p);
    fill_queue(r, p, &(struct gr_peer_to){.path = path}, c);
    fill_queue(r, p, &(struct gr_peer_to){.port = port}, c + CROWD);
    gr_signal(p, SIGCONT);
}

/* The kernel's list writes an address as words of this machine's byte order: 0100007F. */
static bool is_loopback(const char *address)
{
    char want[16];
    size_t n = strlen(address);

    snprintf(want, sizeof want, "%08X", htonl(INADDR_LOOPBACK));
    return n >= 8 && strcmp(address + n - 8, want) == 0; /* ::ffff:127.0.0.1, too */
}

void expect_loopback_only(struct gr_run *r, int port)
{
    static const char *const argv[] = {
        "sh", "-c", "cat /proc/net/tcp; cat /proc/net/tcp6 2>/dev/null; true", NULL};
    struct gr_proc *p = gr_start(gr_scene(r), &(struct gr_prog){.argv = argv, .lens = GR_PLAIN});
    bool found = false;

    gr_wait_exit(p);
    gr_expect_going(r);
    for (const char *line = gr_buf_text(&p->outbuf); line; line = strchr(line + 1, '\n')) {
        char address[ADDRESS + 1];
        unsigned at, state;

        if (sscanf(line, " %*d: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x", address, &at, &state) != 3 ||
            at != (unsigned)port || state != LISTENING)
            continue;
        found = true;
        gr_expect(r, is_loopback(address),
                  "port %d should be open at 127.0.0.1 only, and the server listens at %s: anybody "
                  "on the network can connect. Bind to INADDR_LOOPBACK",
                  port,
                  strspn(address, "0") == strlen(address) ? "all addresses of the machine"
                                                          : "another address");
    }
    need(r, found, "/proc/net/tcp does not list the port");
}
