/* SPDX-License-Identifier: MIT */
/* race none|lock|exec|scribble: two processes add to a shared number 1000 times each, without a
 * lock, with one; with one and a child that becomes `cat`; or ruin the session of the race lens. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
    pthread_mutex_t lock;
    int number;
};

static void add(struct shared *s, int locked)
{
    for (int i = 0; i < 1000; i++) {
        if (locked)
            pthread_mutex_lock(&s->lock);
        s->number++;
        if (locked)
            pthread_mutex_unlock(&s->lock);
    }
}

static void scribble(void)
{
    static const char *const places[] = {"/tmp/ipcgrind.session", NULL};
    char zeros[4096] = {0};
    int fd = open(places[0], O_RDWR);

    if (fd == -1 || pwrite(fd, zeros, sizeof zeros, 0) == -1)
        perror("scribble");
}

int main(int argc, char **argv)
{
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *how = argc > 1 ? argv[1] : "none";
    pthread_mutexattr_t attr;
    int status;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&s->lock, &attr);
    if (strcmp(how, "exec") == 0 && fork() == 0) {
        execlp("cat", "cat", "/dev/null", (char *)NULL);
        _exit(127);
    }
    if (fork() == 0) {
        add(s, strcmp(how, "none") != 0);
        _exit(0);
    }
    add(s, strcmp(how, "none") != 0);
    while (wait(&status) != -1)
        ;
    if (strcmp(how, "scribble") == 0)
        scribble();
    return 0;
}
