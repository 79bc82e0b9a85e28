/* SPDX-License-Identifier: MIT */
/*
 * fifo_nonblock: what O_NONBLOCK makes of open and read on a
 * FIFO.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static void look(int rfd)
{
    char byte;
    ssize_t got = read(rfd, &byte, 1);

    printf("read: %zd%s%s\n", got, got == -1 ? " " : "",
           got == -1 ? strerrorname_np(errno) : "");
}

int main(void)
{
    char dir[] = "/tmp/fifo.XXXXXX", path[40];
    int rfd, wfd;

    if (mkdtemp(dir) == NULL)
        check(-1, "mkdtemp");
    snprintf(path, sizeof path, "%s/door", dir);
    check(mkfifo(path, 0600), "mkfifo");
    /* slide open */
    if (open(path, O_WRONLY | O_NONBLOCK) == -1)
        printf("to write: %s\n", strerrorname_np(errno));
    rfd = check(open(path, O_RDONLY | O_NONBLOCK), "open");
    look(rfd); /* no writer */
    wfd = check(open(path, O_WRONLY | O_NONBLOCK), "open");
    look(rfd); /* a writer, and no data */
    check(close(wfd), "close");
    look(rfd);
    /* end open */
    check(unlink(path), "unlink");
    check(rmdir(dir), "rmdir");
    return 0;
}
