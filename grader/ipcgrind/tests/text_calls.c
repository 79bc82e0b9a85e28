/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of libc and system calls that store to shared memory, against those that load. */
#include "pair.h"

enum { ROOM = 40 };

struct page {
    char set[ROOM], copied[ROOM], moved[ROOM], text[ROOM], printed[ROOM], got[ROOM];
};

static char out[ROOM];

static void child(struct page *p, int from)
{
    memset(p->set, 'a', ROOM);                       /* [first] */
    memcpy(p->copied, "0123456789", 11);             /* [third] */
    memmove(p->moved + 1, p->moved, 20);             /* [fifth] */
    strcpy(p->text, "short");                        /* [seventh] */
    snprintf(p->printed, ROOM, "%s %d", "text", 42); /* [ninth] */
    must(read(from, p->got, 4) == 4, "read");        /* [eleventh] */
}

static void parent(struct page *p, int to)
{
    must(memcmp(p->set, out, ROOM) > 2000 || *out == 0, "memcmp"); /* [second] */
    memcpy(out, p->copied, 11);                                    /* [fourth] */
    memcpy(out, p->moved + 10, 8);                                 /* [sixth] */
    out[0] = (char)strlen(p->text);                                /* [eighth] */
    snprintf(out, ROOM, "%s", p->printed);                         /* [tenth] */
    must(write(to, p->got, 4) == 4, "write");                      /* [twelfth] */
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    int end[2];
    int back[2];
    must(pipe(end) == 0 && pipe(back) == 0 && write(end[1], "abcd", 4) == 4, "pipe");
    pid_t pid = start();
    if (pid == 0) {
        child(p, end[0]);
        _exit(0);
    }
    if (ORDERED)
        finish(pid);
    parent(p, back[1]);
    if (!ORDERED)
        finish(pid);
}
