/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flock(), POSIX and OFD locks, one after the other; in the twin two writers share a lock. */
#include "pair.h"

#include <sys/file.h>

enum { TIMES = 6 };

static void turn(int fd, int how, bool take)
{
    struct flock lock = {.l_type = (short)(take ? F_WRLCK : F_UNLCK), .l_whence = SEEK_SET};
    int got = 0;
    if (how == 0)
        got = flock(fd, take ? (ORDERED ? LOCK_EX : LOCK_SH) : LOCK_UN);
    else
        got = fcntl(fd, how == 1 ? F_SETLKW : F_OFD_SETLKW, &lock);
    must(got == 0, "lock");
}

static void work(const char *path, volatile int *p)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    must(fd >= 0, "open");
    for (int i = 0; i < TIMES; i++) {
        int how = ORDERED ? i % 3 : 0;
        turn(fd, how, true);
        p[how]++; /* [first] [second] */
        turn(fd, how, false);
    }
}

int main(void)
{
    volatile int *p = shared(3 * sizeof(*p));
    char path[] = "/tmp/ipcgrind-XXXXXX";
    must(mkstemp(path) >= 0, "mkstemp");
    pid_t pid[2];
    for (int i = 0; i < 2; i++) {
        pid[i] = start();
        if (pid[i] == 0) {
            work(path, p);
            _exit(0);
        }
    }
    finish(pid[0]);
    finish(pid[1]);
    unlink(path);
}
