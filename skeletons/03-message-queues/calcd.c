/* SPDX-License-Identifier: MIT */
/*
 * calcd KEYFILE: compute what clients ask for, over System V queues.
 *
 * Write here which queues there are, who sends into which, and who removes
 * them, before you write code.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "calc.h"

/* Make a queue of the server. Return: its id, or -1. */
static int make_queue(const char *keyfile, int project)
{
    /* TODO(03.9): ftok and msgget; each may fail. */
    (void)keyfile;
    (void)project;
    errno = ENOSYS;
    return -1;
}

/* Answer the request of @size bytes. Return: 0 or -1. */
static int answer(const struct calc_request *ask, size_t size)
{
    /* TODO(03.9): check it, compute it with calc_eval, send the reply. */
    (void)ask;
    (void)size;
    errno = ENOSYS;
    return -1;
}

int main(int argc, char *argv[])
{
    static struct calc_request ask;

    /* TODO(03.9): check the arguments; make the queue; READY; answer. */
    /* TODO(03.10): EINTR, wherever you receive or send. */
    /* TODO(03.11): SIGTERM: answer what is there, remove, exit. */
    /* TODO(03.12): what if requests fill the queue that the reply goes to? */
    if (argc < 2 || make_queue(argv[1], CALC_REQUESTS) == -1 ||
        answer(&ask, 0) == -1)
        fprintf(stderr, "calcd: TODO(03.9): not written yet\n");
    return 70;
}
