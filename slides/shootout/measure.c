/* SPDX-License-Identifier: MIT */
/*
 * Two processes, one link: how long a message takes.
 *
 * The other process is told by a control block in shared memory how many messages
 * make the next batch, so that the channel carries nothing but what is measured.
 * The first batch warms up, looks at every byte, and tells how many messages fill
 * the time of a batch.
 */
#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shoot.h"

enum { WARM = 64, MAX_REPETITIONS = 101 };

volatile sig_atomic_t stopped;

/* Written before a measurement, printed if it cannot be ended. */
static char waits_words[200], bytes_words[200];
static const char other_bytes[] = "a message came with other bytes than were sent";
static const volatile int *peer_error; /* in the control block */

struct control {
    sem_t go, done; /* guard what follows: filled before go, read after done */
    enum mode mode;
    size_t messages; /* 0: the end */
    int check;
    int error; /* errno of the other process */
};

struct bench {
    const struct channel *channel;
    struct link link;
    struct control *control;
    unsigned char *buf;
    size_t size;
};

int again(void)
{
    return errno == EINTR && !stopped;
}

/* A wish to end: calls fail with EINTR. Code that repeats them all the same (a ring under
 * test, say) gets two seconds more; the peer dies with us. */
static void stop(int sig)
{
    if (stopped && sig == SIGALRM) {
        int bytes = peer_error != NULL && *peer_error == EBADMSG;
        const char *words = bytes ? bytes_words : waits_words;

        if (write(2, words, strlen(words)) == -1)
            _exit(2);
        _exit(1);
    }
    if (!stopped)
        alarm(2);
    if (!stopped || sig == SIGINT || sig == SIGTERM)
        stopped = sig;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int take(sem_t *sem)
{
    while (sem_wait(sem) == -1)
        if (!again())
            return -1;
    return 0;
}

static void pin(int cpu)
{
    cpu_set_t set;

    if (cpu < 0)
        return;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) == -1)
        perror("shootout: sched_setaffinity");
}

static unsigned char byte(size_t message, size_t i)
{
    return (unsigned char)(message * 7 + i);
}

static void fill(struct bench *b, size_t message)
{
    for (size_t i = 0; i < b->size; i++)
        b->buf[i] = byte(message, i);
}

static int intact(const struct bench *b, size_t message)
{
    for (size_t i = 0; i < b->size; i++)
        if (b->buf[i] != byte(message, i)) {
            errno = EBADMSG;
            return 0;
        }
    return 1;
}

static int send_one(struct bench *b, size_t message, int check)
{
    if (check)
        fill(b, message);
    return b->channel->put(&b->link, b->buf, b->size);
}

static int receive_one(struct bench *b, size_t message, int check)
{
    if (check)
        memset(b->buf, 0xee, b->size);
    if (b->channel->get(&b->link, b->buf, b->size) == -1)
        return -1;
    return check && !intact(b, message) ? -1 : 0;
}

/* The other side of each batch. */
static int serve(struct bench *b)
{
    struct control *c = b->control;

    for (;;) {
        if (take(&c->go) == -1)
            return -1;
        if (c->messages == 0)
            return 0;
        for (size_t i = 0; i < c->messages; i++) {
            if (receive_one(b, i, c->check) == -1)
                return -1;
            if (c->mode == PING && send_one(b, i, c->check) == -1)
                return -1;
        }
        if (sem_post(&c->done) == -1)
            return -1;
    }
}

/* Return: microseconds a message, or -1. */
static double batch(struct bench *b, enum mode mode, size_t messages, int check)
{
    struct control *c = b->control;
    double begin = now();

    c->mode = mode, c->messages = messages, c->check = check;
    if (sem_post(&c->go) == -1)
        return -1;
    for (size_t i = 0; i < messages; i++) {
        if (send_one(b, i, check) == -1)
            return -1;
        if (mode == PING && receive_one(b, i, check) == -1)
            return -1;
    }
    return take(&c->done) == -1 ? -1 : (now() - begin) * 1e6 / (double)messages;
}

/* Double the batch until it takes a good part of what it should, then scale. */
static size_t calibrate(struct bench *b, enum mode mode, double seconds)
{
    size_t messages = 16;

    for (;;) {
        double us = batch(b, mode, messages, 0);

        if (us < 0)
            return 0;
        if (us * (double)messages > seconds * 1e6 / 4)
            return (size_t)(seconds * 1e6 / us) + 1;
        messages *= 2;
    }
}

static int run_batches(struct bench *b, enum mode mode, const struct plan *plan, struct figure *f)
{
    double us[MAX_REPETITIONS];
    int n = plan->repetitions < MAX_REPETITIONS ? plan->repetitions : MAX_REPETITIONS;
    size_t messages;

    if (batch(b, mode, WARM, 1) < 0)
        return -1;
    messages = calibrate(b, mode, plan->seconds);
    if (messages == 0)
        return -1;
    for (int i = 0; i < n; i++) {
        us[i] = batch(b, mode, messages, 0);
        if (us[i] < 0)
            return -1;
    }
    *f = summarise(us, (size_t)n);
    b->control->messages = 0;
    return sem_post(&b->control->go);
}

static pid_t start_peer(struct bench *b, int cpu)
{
    pid_t parent = getpid(), pid = fork();

    if (pid != 0)
        return pid;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
        _exit(1);
    pin(cpu);
    if (b->channel->join(&b->link, 1) == -1 || serve(b) == -1) {
        b->control->error = errno;
        kill(parent, SIGUSR1); /* it may wait for a message that will not come */
        _exit(1);
    }
    b->channel->leave(&b->link);
    _exit(0);
}

/* Not 0 if the peer failed. It is ended by force when our own part did. */
static int finish_peer(pid_t pid, int failed)
{
    int status;

    if (failed)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR)
            return -1;
    return failed ? 0 : status;
}

static void watch_signals(void (*handler)(int))
{
    const int signals[] = {SIGINT, SIGTERM, SIGALRM, SIGUSR1};
    struct sigaction act = {.sa_handler = handler}; /* no SA_RESTART: calls shall end */

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &act, NULL);
}

static int complain(const struct bench *b, int error)
{
    const char *why = b->control != NULL && b->control->error != 0 ? strerror(b->control->error)
                                                                   : strerror(error);

    if (error == EBADMSG || (b->control != NULL && b->control->error == EBADMSG))
        why = other_bytes;
    else if (stopped == SIGALRM)
        why = "no end in sight; is a side waiting for ever?";
    else if (stopped == SIGINT || stopped == SIGTERM)
        why = "stopped";
    fprintf(stderr, "shootout: %s, %zu bytes: %s\n", b->channel->label, b->size, why);
    return -1;
}

static int run(struct bench *b, enum mode mode, const struct plan *plan, struct figure *f)
{
    pid_t pid = start_peer(b, plan->cpu[1]);
    int rc, error;

    if (pid == -1)
        return complain(b, errno);
    rc = b->channel->join(&b->link, 0);
    if (rc == 0)
        rc = run_batches(b, mode, plan, f);
    error = errno;
    rc |= finish_peer(pid, rc == -1);
    b->channel->leave(&b->link);
    return rc == 0 ? 0 : complain(b, error);
}

int measure(const struct channel *c, enum mode mode, size_t size, const struct plan *plan,
            struct figure *f)
{
    struct bench b = {.channel = c, .size = size};
    int rc;

    memset(&b.link, -1, sizeof b.link);
    b.link.memory[0] = b.link.memory[1] = b.link.scratch = NULL;
    stopped = 0;
    snprintf(waits_words, sizeof waits_words,
             "shootout: %s, %zu bytes: waits for ever, and repeats the call that was interrupted\n",
             c->label, size);
    snprintf(bytes_words, sizeof bytes_words, "shootout: %s, %zu bytes: %s\n", c->label, size,
             other_bytes);
    peer_error = NULL;
    watch_signals(stop);
    alarm(plan->give_up);
    pin(plan->cpu[0]);
    b.control = map_shared(sizeof *b.control);
    b.buf = calloc(1, SHOOT_MAX);
    if (b.control == NULL || b.buf == NULL || sem_init(&b.control->go, 1, 0) == -1 ||
        sem_init(&b.control->done, 1, 0) == -1 || c->create(&b.link) == -1)
        rc = complain(&b, errno);
    else {
        peer_error = &b.control->error;
        rc = run(&b, mode, plan, f);
    }
    alarm(0);
    peer_error = NULL;
    watch_signals(SIG_DFL);
    c->destroy(&b.link);
    free(b.buf);
    if (b.control != NULL)
        munmap(b.control, sizeof *b.control);
    return rc;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

struct figure summarise(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    return (struct figure){
        .median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2,
        .low = values[n / 4],
        .high = values[n - 1 - n / 4],
    };
}
