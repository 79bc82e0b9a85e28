/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6C: a client that never reads must cost the others nothing, and the server no more
 * than 64 KiB. What the kernel itself keeps for it comes on top: some 200 KiB on a UNIX socket,
 * some MiB on a TCP one, and that differs. */
#include "06_sockets.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { WIDTH = 480, KIB = 1024, QUEUE = 64 * KIB, SMALL = 4 * KIB };

void fill_deaf(struct gr_run *r, struct gr_peer *from, struct gr_peer *to, struct gr_peer *deaf,
               struct gr_buf *said)
{
    char *text = letters(r, 400), mark[32], line[500];
    int last = -1, now = 0;

    for (int i = 0, same = 0; same < 8; i++) {
        size_t heard = to->in.len;

        snprintf(line, sizeof line, "%d %s\n", i, text);
        gr_peer_say(from, line);
        if (said) {
            gr_buf_add(said, "ann: ", 5);
            gr_buf_add(said, line, strlen(line));
        }
        snprintf(mark, sizeof mark, "ann: %d ", i);
        gr_expect_came(r, gr_peer_wait_bytes(to, heard + strlen(line) + 5),
                       "bob should hear line %d of ann, while another client does not read", i);
        need(r, ioctl(deaf->fd, FIONREAD, &now) == 0, "FIONREAD");
        same = now == last ? same + 1 : 0;
        last = now;
        gr_expect(r, i < 3000, "line %d for a client that does not read, and it still takes them",
                  i);
    }
    free(text);
}

/* Lines of ann, @batch at a time, until bob hears that the mute one left; at most @most bytes.
 * Return: how many bob had heard by then. */
static size_t talk_until_dropped(struct gr_run *r, struct gr_peer *ann, struct gr_peer *bob,
                                 struct gr_buf *said, unsigned batch, size_t most)
{
    char line[WIDTH + 16], *text = letters(r, WIDTH), *leave;
    size_t total = 0, heard = bob->in.len, seen = heard; /* up to here there is no `leave` */

    for (unsigned k = 0; total < most; k++) {
        for (unsigned i = 0; i < batch; i++) {
            int n = snprintf(line, sizeof line, "%08x %.*s\n", k * batch + i, WIDTH - 10, text);

            gr_peer_send(ann, line, (size_t)n);
            gr_buf_add(said, "ann: ", 5);
            gr_buf_add(said, line, (size_t)n);
            total += (size_t)n + 5;
        }
        line[strlen(line) - 1] = '\0';
        gr_expect_came(r, gr_peer_wait_bytes(bob, heard + total),
                       "bob reads, and should hear ann; after %zu KiB he hears nothing more, "
                       "because another client does not read",
                       total / KIB);
        leave = memmem(bob->in.data + seen, bob->in.len - seen, "leave mute\n", 11);
        if (leave) {
            total = (size_t)(leave - bob->in.data) - heard;
            break;
        }
        seen = bob->in.len - 10; /* the rest of it may be on its way */
    }
    free(text);
    return total;
}

/* bob's stream is what ann said, with the one line about the mute client somewhere in it. */
static void expect_complete(struct gr_run *r, struct gr_peer *bob, size_t from,
                            const struct gr_buf *said)
{
    static const char leave[] = "leave mute\n";
    size_t n = sizeof leave - 1, len;
    char *heard, *at;

    gr_expect_came(r, gr_peer_wait_bytes(bob, from + said->len + n),
                   "bob should hear all that ann said, and that the mute client has left");
    len = bob->in.len - from;
    heard = gr_xcalloc(1, len + 1);
    memcpy(heard, bob->in.data + from, len);
    at = memmem(heard, len, leave, n);
    gr_expect(r, at != NULL, "bob should hear `leave mute`");
    if (at) /* always: what is expected and fails does not come back */
        memmove(at, at + n, len - (size_t)(at - heard) - n);
    gr_expect_bytes(r, "what bob heard", heard, len - n, said->data, said->len);
    free(heard);
}

static void drop_mute(struct gr_run *r, const char *path, unsigned batch, size_t most)
{
    struct gr_buf said = {.cap = 80 << 20};
    int port;
    struct gr_peer *ann, *bob, *mute;
    size_t from, total;

    start_chat(r, (struct gr_prog){0}, &port);
    ann = join_chat(r, "room", 0, "ann");
    bob = join_chat(r, NULL, port, "bob");
    mute = client_to(r, &(struct gr_peer_to){.path = path, .port = port, .rcvbuf = SMALL});
    gr_peer_say(mute, "nick mute\n");
    expect_heard(r, mute, "mute", "ok mute\n", 8);
    mute->mute = true;
    gr_expect_came(r, gr_peer_wait_line(bob, 0, "join mute"), "bob should hear `join mute`");
    from = bob->in.len;
    if (path) /* then what the kernel takes is known, and the rest is the server's */
        fill_deaf(r, ann, bob, mute, &said);
    total = talk_until_dropped(r, ann, bob, &said, batch, most);
    gr_expect(r, total < most,
              "a client that never reads was sent %zu KiB, and is still not dropped: who keeps all "
              "that? At most 64 KiB may wait for a client",
              total / KIB);
    gr_expect(
        r, total >= 3 * QUEUE / 4,
        "a client that does not read was dropped when %zu KiB waited for it in the server; 64 "
        "KiB may",
        total / KIB);
    expect_complete(r, bob, from, &said);
    mute->mute = false; /* what it got up to then must be right, too */
    gr_expect_came(r, gr_peer_wait_end(mute), "the client that was dropped should get the end");
    gr_expect_bytes(r, "what the mute client got before it was dropped", mute->in.data + 8,
                    mute->in.len - 8, said.data,
                    mute->in.len - 8 < said.len ? mute->in.len - 8 : said.len);
    gr_peer_say(bob, "peace\n");
    gr_expect_came(r, gr_peer_wait_line(ann, 0, "bob: peace"), "ann should hear `bob: peace`");
    gr_buf_release(&said);
}

void chatd_drops_mute_unix(struct gr_run *r)
{
    drop_mute(r, "room", 8, (size_t)2 * QUEUE); /* few: some 4 KiB are what it can be wrong by */
    ;
}

void chatd_drops_mute_tcp(struct gr_run *r)
{
    drop_mute(r, NULL, 60, (size_t)64 << 20);
}

/* With nobody there; with quiet clients; with lines that wait for a deaf one; after an end. */
void chatd_waits_quietly(struct gr_run *r)
{
    int port;
    struct gr_proc *p = start_chat(r, (struct gr_prog){0}, &port);
    struct gr_peer *ann, *bob, *deaf;

    if (!gr_expect_no_spin(r, p))
        return;
    ann = join_chat(r, "room", 0, "ann");
    bob = join_chat(r, NULL, port, "bob");
    client_at(r, NULL, port);
    gr_peer_shut(join_chat(r, NULL, port, "ended"));
    gr_peer_shut(join_chat(r, "room", 0, "ended-too"));
    if (!gr_expect_no_spin(r, p))
        return;
    deaf = join_chat(r, "room", 0, "deaf");
    deaf->mute = true;
    fill_deaf(r, ann, bob, deaf, NULL);
    if (gr_expect_no_spin(r, p))
        expect_goodbye(r, p);
}
