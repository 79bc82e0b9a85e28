/* SPDX-License-Identifier: MIT */
/* hunt_2 whose numbers are sent by a process of their own, while the parent only takes. The names
 * of the queues are gone before anything is sent. */
#include <fcntl.h>
#include <inttypes.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS "/hunt_2_tasks"
#define SQUARES "/hunt_2_squares"

static void die(const char *call)
{
    perror(call);
    exit(1);
}

static mqd_t open_queue(const char *name)
{
    struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = sizeof(int64_t)};
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, &attr);

    if (queue == (mqd_t)-1)
        die("hunt_2: mq_open");
    return queue;
}

static void put(mqd_t queue, int64_t value)
{
    if (mq_send(queue, (const char *)&value, sizeof value, 0) == -1)
        die("hunt_2: mq_send");
}

static int64_t take(mqd_t queue)
{
    int64_t value;

    if (mq_receive(queue, (char *)&value, sizeof value, NULL) == -1)
        die("hunt_2: mq_receive");
    return value;
}

static void work(mqd_t tasks, mqd_t squares)
{
    int64_t value;

    while ((value = take(tasks)) != 0)
        put(squares, value * value);
    _exit(0);
}

static void feed(mqd_t tasks, int64_t n)
{
    for (int64_t i = 1; i <= n; i++)
        put(tasks, i);
    _exit(0);
}

static pid_t fork_one(void)
{
    pid_t pid = fork();

    if (pid == -1)
        die("hunt_2: fork");
    return pid;
}

int main(int argc, char *argv[])
{
    long p = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    long n = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    mqd_t tasks, squares;
    int64_t sum = 0;

    if (p < 1 || p > 8 || n < 1 || n > 1000) {
        fprintf(stderr, "usage: hunt_2 P N, P from 1 to 8, N to 1000\n");
        return 2;
    }
    tasks = open_queue(TASKS);
    squares = open_queue(SQUARES);
    if (mq_unlink(TASKS) == -1 || mq_unlink(SQUARES) == -1)
        die("hunt_2: mq_unlink");
    if (fork_one() == 0)
        feed(tasks, n);
    for (long i = 0; i < p; i++)
        if (fork_one() == 0)
            work(tasks, squares);
    for (long i = 0; i < n; i++)
        sum += take(squares);
    for (long i = 0; i < p; i++)
        put(tasks, 0);
    while (wait(NULL) != -1)
        ;
    printf("sum %" PRId64 "\n", sum);
    return 0;
}
