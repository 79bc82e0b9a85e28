/* SPDX-License-Identifier: MIT */
/*
 * rw R W K: R readers and W writers share a page, K times each.
 *
 * Write here what each semaphore guards, and who holds it how long, before you
 * write code.
 */
#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "crew.h"
#include "page.h"

/* What all processes share. */
struct library {
    int readers, times;
    /* TODO(04.9): who is inside, and who may come in? */
    struct page page;
};

/* Reader @i reads once. Return: 0, or -1 after a complaint. */
static int read_once(struct library *l, int i)
{
    kit_want("read", i);
    /* TODO(04.9): wait until no writer is inside. */
    /* TODO(04.10): other readers may be inside. */
    /* TODO(04.11): and if a writer waits already? */
    page_read(&l->page, i);
    /* TODO(04.9): print "reader .. sees ..", still inside; then leave. */
    return -1;
}

/* Writer @i writes once. Return: 0, or -1 after a complaint. */
static int write_once(struct library *l, int i)
{
    kit_want("write", i);
    /* TODO(04.9): wait until nobody is inside. */
    page_write(&l->page, i);
    /* TODO(04.9): print "writer .. makes ..", still inside; then leave. */
    return -1;
}

/* The work of process @i: a reader, or a writer.
 * Return: 0, or -1 after a complaint. */
static int work(int i, void *arg)
{
    struct library *l = arg;

    /* TODO(04.9): K times, not once. */
    return i < l->readers ? read_once(l, i) : write_once(l, i - l->readers);
}

int main(int argc, char *argv[])
{
    /* TODO(04.9): check the arguments; make what is shared; run; clean up. */
    (void)argc;
    (void)argv;
    (void)work; /* crew_run("rw", r + w, work, ..) */
    fprintf(stderr, "rw: TODO(04.9): not written yet\n");
    return 70;
}
