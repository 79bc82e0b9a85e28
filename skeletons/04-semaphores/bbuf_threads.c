/* SPDX-License-Identifier: MIT */
/*
 * bbuf_threads P C N: as bbuf, with threads in the place of processes. No
 * points: it is here to be looked at with tools for threads (README, "Which
 * tool sees what").
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "crew.h"

int main(int argc, char *argv[])
{
    /* TODO(04.8): only if you like: your bbuf.c, with pthread_create. */
    (void)argc;
    (void)argv;
    fprintf(stderr, "bbuf_threads: TODO(04.8): not written yet\n");
    return 70;
}
