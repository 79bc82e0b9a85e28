/* SPDX-License-Identifier: MIT */
/* rw R W K, first come first served: a queue semaphore that everybody passes, and a count of
 * readers of which a writer takes all R places. Named semaphores. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "page.h"

struct shared {
    int readers, times;
    struct page page;
};

static sem_t *queue, *places;

static int fail(const char *call)
{
    fprintf(stderr, "rw: %s: %s\n", call, strerror(errno));
    return -1;
}

static sem_t *open_sem(const char *what, unsigned value)
{
    char name[64];
    sem_t *s;

    snprintf(name, sizeof name, "/rw.%d.%s", (int)getpid(), what);
    s = sem_open(name, O_CREAT | O_EXCL, 0600, value);
    if (s == SEM_FAILED || sem_unlink(name) == -1) {
        fail("sem_open");
        return NULL;
    }
    return s;
}

/* Stand in the queue until @n places are ours. */
static int come_in(int n)
{
    while (sem_wait(queue) == -1)
        if (errno != EINTR)
            return fail("sem_wait");
    while (n > 0)
        if (sem_wait(places) == 0)
            n--;
        else if (errno != EINTR)
            return fail("sem_wait");
    return sem_post(queue) == -1 ? fail("sem_post") : 0;
}

static int go_out(int n)
{
    for (; n > 0; n--)
        if (sem_post(places) == -1)
            return fail("sem_post");
    return 0;
}

static int read_once(struct shared *s, int i)
{
    kit_want("read", i);
    if (come_in(1) == -1)
        return -1;
    if (dprintf(STDOUT_FILENO, "reader %d sees %" PRId64 "\n", i, page_read(&s->page, i)) < 0)
        return fail("write");
    return go_out(1);
}

static int write_once(struct shared *s, int i)
{
    kit_want("write", i);
    if (come_in(s->readers) == -1)
        return -1;
    if (dprintf(STDOUT_FILENO, "writer %d makes %" PRId64 "\n", i, page_write(&s->page, i)) < 0)
        return fail("write");
    return go_out(s->readers);
}

static int work(int i, void *arg)
{
    struct shared *s = arg;
    int rc = 0;

    for (int k = 0; rc == 0 && k < s->times; k++)
        rc = i < s->readers ? read_once(s, i) : write_once(s, i - s->readers);
    return rc;
}

int main(int argc, char *argv[])
{
    int r = argc == 4 ? (int)crew_number(argv[1], 1, 20) : -1;
    int w = argc == 4 ? (int)crew_number(argv[2], 1, 20) : -1;
    int k = argc == 4 ? (int)crew_number(argv[3], 1, 1000) : -1;
    struct shared *s;

    if (r == -1 || w == -1 || k == -1) {
        fprintf(stderr, "usage: rw R W K\n");
        return 2;
    }
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return fail("mmap") == -1;
    s->readers = r;
    s->times = k;
    queue = open_sem("queue", 1);
    places = open_sem("places", (unsigned)r);
    if (!queue || !places)
        return 1;
    return crew_run("rw", r + w, work, s) == -1;
}
