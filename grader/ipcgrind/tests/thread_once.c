/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread_once(): whoever returns from it sees what the routine did. The twin does not call it. */
#include "pair.h"

static int *page;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int told[2];

static void routine(void)
{
    page[0] = 1; /* [first] */
}

static void *second(void *arg)
{
    char c;
    must(read(told[0], &c, 1) == 1, "read");
    if (ORDERED)
        pthread_once(&once, routine);
    page[0]++; /* [second] */
    return arg;
}

int main(void)
{
    pthread_t thread;
    page = shared(sizeof(*page));
    must(pipe(told) == 0, "pipe");
    must(pthread_create(&thread, NULL, second, NULL) == 0, "pthread_create");
    must(write(told[1], "", 1) == 1, "write");
    pthread_once(&once, routine);
    pthread_join(thread, NULL);
}
