/* SPDX-License-Identifier: MIT */
/* Deadlocks with FIFOs: the rendezvous of open() that does not come about. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

static char byte;

/* Two FIFOs, opened in opposite order. */
static void order(void)
{
    MUST(mkfifo("one", 0600));
    MUST(mkfifo("two", 0600));
    if (fork() == 0) {
        open("two", O_WRONLY);
        open("one", O_RDONLY);
        _exit(0);
    }
    open("one", O_WRONLY);
    open("two", O_RDONLY);
}

static void no_writer(void)
{
    MUST(mkfifo("quiet", 0600));
    open("quiet", O_RDONLY);
}

static void both_read(void)
{
    MUST(mkfifo("shy", 0600));
    if (fork() == 0) {
        open("shy", O_RDONLY);
        _exit(0);
    }
    open("shy", O_RDONLY);
}

/* O_RDWR does not block in open(), and then there is never an end of file. */
static void rdwr(void)
{
    int fd;

    MUST(mkfifo("both", 0600));
    MUST(fd = open("both", O_RDWR));
    (void)!read(fd, &byte, 1);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"order", order}, {"no-writer", no_writer}, {"both-read", both_read}, {"rdwr", rdwr}};

    return RUN_MODE(modes);
}
