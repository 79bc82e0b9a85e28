/* SPDX-License-Identifier: MIT */
/**
 * Correct: is told of a message by a thread. glibc leaves its struct sigevent half set.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static sem_t told;

static void on_message(union sigval v)
{
    (void)v;
    sem_post(&told);
}

int main(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 64};
    struct sigevent ev;
    char name[32];

    snprintf(name, sizeof(name), "/vg-%d", (int)getpid());
    mqd_t q = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
    if (q == (mqd_t)-1 || mq_unlink(name) == -1 || sem_init(&told, 0, 0) == -1)
        return 1;
    ev.sigev_notify = SIGEV_THREAD;
    ev.sigev_notify_function = on_message;
    ev.sigev_notify_attributes = NULL;
    ev.sigev_value.sival_ptr = NULL;
    if (mq_notify(q, &ev) == -1 || mq_send(q, "x", 1, 0) == -1)
        return 1;
    while (sem_wait(&told) == -1)
        ;
    return mq_close(q) == -1;
}
