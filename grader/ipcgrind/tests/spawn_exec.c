/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Through posix_spawn() and exec: the new program opens the memory by its name. */
#include "pair.h"

extern char **environ;

static int *named(const char *name)
{
    int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
    must(fd >= 0 && ftruncate(fd, 4096) == 0, "shm_open");
    int *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(p != MAP_FAILED && close(fd) == 0, "mmap");
    return p;
}

int main(int argc, char **argv)
{
    char name[64];
    pid_t pid;
    if (argc > 1) {
        int *p = named(argv[1]);
        if (p[0] != 5)
            return 1;
        p[16] = 1; /* [first] */
        return 0;
    }
    snprintf(name, sizeof(name), "/ig_spawn_%ld", (long)getpid());
    int *p = named(name);
    p[0] = 5;
    char *args[] = {argv[0], name, NULL};
    must(posix_spawn(&pid, argv[0], NULL, NULL, args, environ) == 0, "posix_spawn");
    if (ORDERED)
        finish(pid);
    int got = p[16]; /* [second] */
    if (!ORDERED)
        finish(pid);
    shm_unlink(name);
    return got == 7;
}
