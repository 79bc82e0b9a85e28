/* SPDX-License-Identifier: MIT */
/*
 * fifo_open: open() of a FIFO waits for the other side. The
 * parent makes and removes it.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* slide writer */
static void writer(const char *path)
{
    int fd = check(open(path, O_WRONLY), "open");

    check_n(write(fd, "by name", 7), "write");
    _exit(0);
}
/* end writer */

int main(void)
{
    char dir[] = "/tmp/fifo.XXXXXX", path[40];

    if (mkdtemp(dir) == NULL)
        check(-1, "mkdtemp");
    snprintf(path, sizeof path, "%s/door", dir);
    /* slide reader */
    char buf[16];
    int fd;

    check(mkfifo(path, 0600), "mkfifo");
    if (check(fork(), "fork") == 0)
        writer(path);
    fd = check(open(path, O_RDONLY), "open"); /* waits */
    printf("%zd bytes\n",
           check_n(read(fd, buf, sizeof buf), "read"));
    check(wait(NULL), "wait");
    check(unlink(path), "unlink"); /* it is a file name */
    /* end reader */
    check(rmdir(dir), "rmdir");
    return 0;
}
