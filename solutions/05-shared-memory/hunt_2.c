/* SPDX-License-Identifier: MIT */
/*
 * hunt_2 P N: add the numbers 1 to N with P worker processes, in one place.
 *
 * Worker i adds every P-th number, starting with i, says `worker i adds S`, and
 * adds S to the total that all of them share. The first process waits for them
 * and prints `total T`. P is 1 to 20, N is 1 to 1000000.
 *
 * Repaired: the lock was made for the threads of one process, and it was taken
 * too late: the total was read before. Now it works between processes, and
 * nobody else can come between the reading and the storing.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct box {
    pthread_mutex_t lock;
    int64_t total; /* guarded by lock */
};

/* Directly, not through stdio: one line is one write(). */
static int say(const char *word, int64_t i, const char *verb, int64_t n)
{
    char line[80];
    int len =
        i == 0 ? snprintf(line, sizeof line, "%s %" PRId64 "\n", word, n)
               : snprintf(line, sizeof line, "%s %" PRId64 " %s %" PRId64 "\n",
                          word, i, verb, n);

    if (write(STDOUT_FILENO, line, (size_t)len) == len)
        return 0;
    perror("hunt_2: write");
    return 1;
}

static int work(struct box *box, int64_t i, int64_t step, int64_t n)
{
    int64_t sum = 0;
    int failed, error;

    for (int64_t k = i; k <= n; k += step)
        sum += k;
    error = pthread_mutex_lock(&box->lock);
    if (error != 0)
        return 1;
    failed = say("worker", i, "adds", sum);
    box->total += sum;
    error = pthread_mutex_unlock(&box->lock);
    return failed || error != 0;
}

static int start_workers(struct box *box, int64_t p, int64_t n)
{
    for (int64_t i = 1; i <= p; i++) {
        pid_t pid = fork();

        if (pid == -1) {
            perror("hunt_2: fork");
            return 1;
        }
        if (pid == 0)
            _exit(work(box, i, p, n));
    }
    return 0;
}

/* Return: 0, or an error number. */
static int init_box(struct box *box)
{
    pthread_mutexattr_t attr;
    int error = pthread_mutexattr_init(&attr);

    if (error == 0)
        error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    if (error == 0)
        error = pthread_mutex_init(&box->lock, &attr);
    return error;
}

int main(int argc, char *argv[])
{
    int64_t p = argc == 3 ? atoll(argv[1]) : 0;
    int64_t n = argc == 3 ? atoll(argv[2]) : 0;
    int status, failed;
    struct box *box;

    if (p < 1 || p > 20 || n < 1 || n > 1000000) {
        fprintf(stderr, "usage: hunt_2 P N\n");
        return 2;
    }
    box = mmap(NULL, sizeof *box, PROT_READ | PROT_WRITE,
               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (box == MAP_FAILED) {
        perror("hunt_2: mmap");
        return 1;
    }
    errno = init_box(box);
    if (errno != 0) {
        perror("hunt_2: pthread_mutex_init");
        return 1;
    }
    failed = start_workers(box, p, n);
    while (wait(&status) != -1)
        failed |= status != 0;
    if (!failed)
        failed = say("total", 0, NULL, box->total);
    return failed;
}
