/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same in wide characters: the neighbour of a text is nobody's business. */
#include "pair.h"

#include <wchar.h>

enum { TEXTS = 8, ROOM = 6 };

struct page {
    wchar_t text[TEXTS][2]
                [ROOM]; /* a text of the parent, and its neighbour, which is the child's */
};

static volatile unsigned long sink;
static wchar_t *volatile place;

static void readers(struct page *p)
{
    sink += wcslen(p->text[0][0]);
    sink += wcsnlen(p->text[1][0], ROOM);
    place = wcschr(p->text[2][0], L'x');
    place = wcsrchr(p->text[3][0], L'x');
    place = wmemchr(p->text[4][0], L't', ROOM);
    sink += (unsigned)wcscmp(p->text[5][0], L"text?");
    sink += (unsigned)wcsncmp(p->text[6][0], L"text?", 20);
    for (size_t n = 1; n < ROOM; n++)
        sink += (unsigned)wmemcmp(p->text[7][0], L"text", n < 5 ? n : 5);
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    for (int i = 0; i < TEXTS; i++)
        wcscpy(p->text[i][0], L"text");
    pid_t pid = start();
    if (pid == 0) {
        for (int i = 0; i < TEXTS; i++) {
            wmemset(p->text[i][1], L'n', ROOM);
            p->text[i][0][5] = L'n'; /* behind its end */
        }
        if (!ORDERED)
            p->text[0][0][2] = L'X'; /* [first] */
        _exit(0);
    }
    if (ORDERED)
        readers(p);
    else
        sink += wcslen(p->text[0][0]); /* [second] */
    finish(pid);
}
