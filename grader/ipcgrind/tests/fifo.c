/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same through a named pipe. */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
    char folder[] = "/tmp/ig_fifo_XXXXXX";
    char path[64];
    char c;
    must(mkdtemp(folder) != NULL, "mkdtemp");
    snprintf(path, sizeof(path), "%s/f", folder);
    must(mkfifo(path, 0600) == 0, "mkfifo");
    pid_t pid = start();
    if (pid == 0) {
        int fd = open(path, O_WRONLY);
        must(fd >= 0, "open");
        if (ORDERED)
            *p = 1;
        must(write(fd, "a", 1) == 1, "write");
        if (!ORDERED)
            *p = 2; /* [first] */
        _exit(0);
    }
    int fd = open(path, O_RDONLY);
    must(fd >= 0 && read(fd, &c, 1) == 1, "read");
    int got = *p; /* [second] */
    finish(pid);
    unlink(path);
    rmdir(folder);
    return got == 7;
}
