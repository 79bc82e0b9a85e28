/* SPDX-License-Identifier: MIT */
/**
 * Faulty: leaves behind the objects its arguments name, and tries to hide it: `close-folders`,
 * `blind`.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY = 0x4711 };

/* Let the warden, our parent, have no descriptors left to look with. Return: 0 if it cannot be. */
static int blind(void)
{
    const struct rlimit none = {3, 3}, few = {200, 4096};
    struct rlimit now;

    if (prlimit(0, RLIMIT_NOFILE, &few, &now) == -1 || setrlimit(RLIMIT_NOFILE, &now) == -1 ||
        prlimit(getppid(), RLIMIT_NOFILE, NULL, &now) == -1) {
        perror("what is allowed");
        return -1;
    }
    return prlimit(getppid(), RLIMIT_NOFILE, &none, NULL) == -1 && errno == EPERM ? 0 : -1;
}

static int leave(const char *what)
{
    if (strcmp(what, "msg") == 0)
        return msgget(KEY, IPC_CREAT | 0600);
    if (strcmp(what, "sem") == 0)
        return semget(KEY, 3, IPC_CREAT | 0600);
    if (strcmp(what, "shm") == 0)
        return shmget(KEY, 4096, IPC_CREAT | 0600);
    if (strcmp(what, "shm-private") == 0)
        return shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    if (strcmp(what, "mqueue") == 0)
        return mq_open("/left_queue", O_RDWR | O_CREAT, 0600, NULL);
    if (strcmp(what, "posix-shm") == 0)
        return shm_open("/left_memory", O_RDWR | O_CREAT, 0600);
    if (strcmp(what, "posix-sem") == 0)
        return sem_open("/left_lock", O_CREAT, 0600, 1) == SEM_FAILED ? -1 : 0;
    if (strcmp(what, "file") == 0)
        return open("left_file", O_WRONLY | O_CREAT, 0600);
    if (strcmp(what, "folder") == 0)
        return mkdir("left_folder", 0700);
    if (strcmp(what, "fifo") == 0)
        return mkfifo("left_fifo", 0600);
    if (strcmp(what, "close-folders") == 0) {
        chmod("/dev/mqueue", 0); /* ours in a jail only */
        chmod("/dev/shm", 0);
        return chmod(".", 0);
    }
    if (strcmp(what, "blind") == 0)
        return blind();
    return -1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (leave(argv[i]) == -1) {
            perror(argv[i]);
            return 1;
        }
    return 0;
}
