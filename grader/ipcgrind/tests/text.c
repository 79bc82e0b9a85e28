/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in shared memory and the functions of libc. They load more than the text, to be fast; what
 * counts is what they are for, so the neighbour of a text is nobody's business. */
#include "pair.h"

enum { TEXTS = 25, ROOM = 8 };

struct page {
    char text[TEXTS][2][ROOM]; /* a text of the parent, and its neighbour, which is the child's */
};

static volatile unsigned long sink;
static char *volatile place;

static void readers(struct page *p)
{
    char buffer[64];
    sink += strlen(p->text[0][0]);
    sink += strnlen(p->text[1][0], ROOM);
    place = strchr(p->text[2][0], 'x');
    place = strrchr(p->text[3][0], 'x');
    place = strchrnul(p->text[4][0], 'x');
    place = memchr(p->text[5][0], 't', ROOM);
    place = rawmemchr(p->text[6][0], '\0');
    sink += (unsigned)strcmp(p->text[7][0], "text?");
    sink += (unsigned)strncmp(p->text[8][0], "text?", 20);
    sink += (unsigned)strcasecmp(p->text[9][0], "TEXT?");
    sink += (unsigned)strncasecmp(p->text[10][0], "TEXT?", 20);
    place = strcpy(buffer, p->text[11][0]);
    place = stpcpy(buffer, p->text[12][0]);
    place = strncpy(buffer, p->text[13][0], sizeof(buffer));
    place = strcat(buffer, p->text[14][0]);
    place = strncat(buffer, p->text[15][0], 20);
    place = strstr(p->text[16][0], "no");
    sink += strcspn(p->text[17][0], "nm");
    sink += strspn(p->text[18][0], "etx");
    place = strpbrk(p->text[19][0], "nm");
    place = memrchr(p->text[20][0], 'x', 4);
    sink += (unsigned)snprintf(buffer, sizeof(buffer), "%s %.4s", p->text[21][0], p->text[22][0]);
    place = strdup(p->text[23][0]);
    free(place);
    for (size_t n = 1; n <= ROOM; n++) {
        sink += (unsigned)memcmp(p->text[24][0], "text\0\0\0\0", n);
        sink += (unsigned)bcmp("text\0\0\0\0", p->text[24][0], n);
        memcpy(buffer, p->text[24][0], n);
        memmove(p->text[24][0], buffer, n);
        memset(p->text[24][0], 0, n);
    }
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    for (int i = 0; i < TEXTS; i++)
        memcpy(p->text[i][0], "text", 5);
    pid_t pid = start();
    if (pid == 0) {
        for (int i = 0; i < TEXTS; i++) {
            memset(p->text[i][1], 'n', ROOM);
            if (i < TEXTS - 1)
                p->text[i][0][5] = 'n'; /* behind its end */
        }
        if (!ORDERED) {
            p->text[0][0][2] = 'X'; /* [first] */
            p->text[11][0][4] = 0;  /* [third] */
        }
        _exit(0);
    }
    if (ORDERED)
        readers(p);
    else {
        sink += strlen(p->text[0][0]);                   /* [second] */
        place = strcpy((char[ROOM]){0}, p->text[11][0]); /* [fourth] */
    }
    finish(pid);
}
