/* SPDX-License-Identifier: MIT */
/**
 * Correct: four threads share a counter, a condition and pipes, all of it in order; each makes
 * wrapped calls at the same sites. Helgrind and DRD have nothing to say about it.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

enum { THREADS = 4, TIMES = 40 };

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static sem_t s;
static int turn, total;

static void *work(void *arg)
{
    int me = (int)(long)arg, fds[2], value;

    if (pipe(fds) == -1)
        return NULL;
    for (int i = 0; i < TIMES; i++) {
        size_t done = 0;

        value = i;
        if (write(fds[1], &value, sizeof value) != sizeof value)
            return NULL;
        while (done < sizeof value) {
            ssize_t n = read(fds[0], (char *)&value + done, sizeof value - done);

            done += n > 0 ? (size_t)n : 0;
        }
        sem_wait(&s);
        sem_post(&s);
        pthread_mutex_lock(&m);
        while (turn % THREADS != me)
            pthread_cond_wait(&c, &m);
        turn++;
        total += value;
        pthread_cond_broadcast(&c);
        pthread_mutex_unlock(&m);
    }
    close(fds[0]);
    close(fds[1]);
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];

    if (sem_init(&s, 0, THREADS) == -1)
        return 1;
    for (long i = 0; i < THREADS; i++)
        if (pthread_create(&t[i], NULL, work, (void *)i) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    printf("%d\n", total); /* 4 x (0 + .. + 39) = 3120 */
    return 0;
}
