/* SPDX-License-Identifier: MIT */
/**
 * Faulty: waits for ever in the way its argument names.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int on_pipe(void)
{
    int fds[2];
    char c;

    return pipe(fds) == -1 || read(fds[0], &c, 1) == -1; /* fds[1] is still open: no end comes */
}

static int on_full_pipe(void)
{
    static char block[65536];
    int fds[2];

    return pipe(fds) == -1 || write(fds[1], block, sizeof block) == -1 ||
           write(fds[1], block, 1) == -1;
}

static int on_sem(void)
{
    struct sembuf down = {.sem_op = -1};
    int id = semget(IPC_PRIVATE, 1, 0600);

    if (fork() == 0)
        return semop(id, &down, 1);
    return semop(id, &down, 1);
}

static int on_msg(void)
{
    struct {
        long type;
        char text[8];
    } m;

    return msgrcv(msgget(IPC_PRIVATE, 0600), &m, sizeof m.text, 0, 0) == -1;
}

static int on_mq(void)
{
    char buf[8192];
    mqd_t q = mq_open("/hang", O_RDWR | O_CREAT, 0600, NULL);

    mq_unlink("/hang");
    return mq_receive(q, buf, sizeof buf, NULL) == -1;
}

static int on_mutex(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

    pthread_mutex_lock(&m);
    return pthread_mutex_lock(&m);
}

static int on_posix_sem(void)
{
    sem_t s;

    return sem_init(&s, 0, 0) == -1 || sem_wait(&s) == -1;
}

static int on_child(void)
{
    int fds[2];
    char c;

    if (pipe(fds) == -1)
        return 1;
    if (fork() == 0)
        return read(fds[0], &c, 1) == -1; /* holds its own write end */
    return wait(NULL) == -1;
}

/* Eight that wait in the same way, and one for them. */
static int on_children(void)
{
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            return pause() == -1;
    return wait(NULL) == -1;
}

static int on_stopped_child(void)
{
    if (fork() == 0)
        return raise(SIGSTOP);
    return wait(NULL) == -1;
}

static int on_fifo(void)
{
    int fd = mkfifo("hang.fifo", 0600) == -1 ? -1 : open("hang.fifo", O_RDONLY);

    return fd == -1;
}

static int on_socket(void)
{
    int fds[2];
    char c;

    return socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1 || recv(fds[0], &c, 1, 0) == -1;
}

static int on_lock(void)
{
    int a = open("hang.lock", O_RDWR | O_CREAT, 0600), b = open("hang.lock", O_RDWR);
    struct flock lock = {.l_type = F_WRLCK};

    return fcntl(a, F_OFD_SETLK, &lock) == -1 || fcntl(b, F_OFD_SETLKW, &lock) == -1;
}

static int on_signal(void)
{
    return pause();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*wait)(void);
    } ways[] = {
        {"pipe", on_pipe},
        {"full-pipe", on_full_pipe},
        {"sem", on_sem},
        {"msg", on_msg},
        {"mq", on_mq},
        {"mutex", on_mutex},
        {"child", on_child},
        {"children", on_children},
        {"posix-sem", on_posix_sem},
        {"stopped-child", on_stopped_child},
        {"fifo", on_fifo},
        {"socket", on_socket},
        {"lock", on_lock},
        {"pause", on_signal},
    };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (argc > 1 && strcmp(argv[1], ways[i].name) == 0)
            return ways[i].wait();
    return 2;
}
