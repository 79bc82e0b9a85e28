/* SPDX-License-Identifier: MIT */
/* mqwatch by SIGEV_THREAD: notification threads print. glibc starts them with no signal blocked, so
 * any thread may take SIGTERM; its handler wakes the first thread by a semaphore. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct watched {
    mqd_t queue;
    size_t size;
    int number;
};

static struct watched both[2];
static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

static sem_t stop;

static void on_term(int sig)
{
    (void)sig;
    sem_post(&stop);
}

static int fail(const char *call)
{
    fprintf(stderr, "mqwatch: %s: %s\n", call, strerror(errno));
    return 1;
}

/* One thread at a time: so the lines of a queue stay in order. */
static void empty(const struct watched *w)
{
    char *buf = malloc(w->size);
    ssize_t n;

    pthread_mutex_lock(&printing);
    while (buf && (n = mq_receive(w->queue, buf, w->size, NULL)) != -1) {
        printf("%d %.*s\n", w->number, (int)n, buf);
        fflush(stdout);
    }
    pthread_mutex_unlock(&printing);
    free(buf);
}

static void on_message(union sigval v);

static int ask(struct watched *w)
{
    struct sigevent ev = {.sigev_notify = SIGEV_THREAD,
                          .sigev_notify_function = on_message,
                          .sigev_value = {.sival_ptr = w}};

    return mq_notify(w->queue, &ev);
}

static void on_message(union sigval v)
{
    ask(v.sival_ptr);
    empty(v.sival_ptr);
}

int main(int argc, char *argv[])
{
    struct sigaction act = {.sa_handler = on_term};

    if (argc != 3 || argv[1][0] != '/' || argv[2][0] != '/') {
        fprintf(stderr, "usage: mqwatch /QUEUE1 /QUEUE2\n");
        return 2;
    }
    sem_init(&stop, 0, 0);
    sigaction(SIGTERM, &act, NULL);
    for (int i = 0; i < 2; i++) {
        struct mq_attr attr;

        both[i].queue = mq_open(argv[i + 1], O_RDONLY | O_NONBLOCK);
        if (both[i].queue == (mqd_t)-1)
            return fail("mq_open");
        if (mq_getattr(both[i].queue, &attr) == -1)
            return fail("mq_getattr");
        both[i].size = (size_t)attr.mq_msgsize;
        both[i].number = i + 1;
    }
    puts("READY");
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        if (ask(&both[i]) == -1)
            return fail("mq_notify");
        empty(&both[i]);
    }
    while (sem_wait(&stop) == -1 && errno == EINTR)
        ;
    for (int i = 0; i < 2; i++)
        empty(&both[i]);
    return 0;
}
