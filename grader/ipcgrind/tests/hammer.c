/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two processes store to one page as fast as they can. The test has the child stopped or killed
 * inside the tool; the parent goes on until that has happened, once more over all of the page, and
 * then kills the child. So whatever happens to the child, this program ends.
 *
 * With arguments, PROCESSES THREADS ROUNDS, a crowd: each process starts THREADS threads, and each
 * of them stores and synchronises ROUNDS times without ever waiting for another. So whoever of them
 * is killed, the others end. */
#include "pair.h"

enum { MOST_ROUNDS = 20000, CELLS = 64 };

static volatile long *page;
static sem_t *unit;
static int ends[2];
static long crowd_rounds;

static void round_of_stores(void)
{
    for (long i = 0; i < CELLS; i++)
        page[i] = i;
}

/* One of the crowd: every kind of record of the tool, none of which may block. */
static void *member(void *unused)
{
    char byte = 0;
    for (long i = 0; i < crowd_rounds; i++) {
        round_of_stores();
        sem_post(unit);
        sem_trywait(unit);
        (void)!write(ends[1], &byte, 1);
        (void)!read(ends[0], &byte, 1);
    }
    return unused;
}

static void process(long threads)
{
    pthread_t thread[threads];
    for (long i = 0; i < threads; i++)
        must(pthread_create(&thread[i], NULL, member, NULL) == 0, "pthread_create");
    member(NULL);
    for (long i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
}

static int crowd(long processes, long threads)
{
    page = shared(CELLS * sizeof(*page));
    unit = shared(sizeof(*unit));
    must(sem_init(unit, 1, 0) == 0, "sem_init");
    must(pipe2(ends, O_NONBLOCK) == 0, "pipe2");
    for (long i = 0; i < processes; i++) {
        if (start() == 0) {
            process(threads);
            _exit(0);
        }
    }
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4) {
        crowd_rounds = atol(argv[3]);
        return crowd(atol(argv[1]), atol(argv[2]));
    }
    page = shared(CELLS * sizeof(*page));
    pid_t pid = start();
    while (pid == 0)
        round_of_stores();
    int status = 0;
    pid_t changed = 0;
    for (int i = 0; i < MOST_ROUNDS && changed == 0; i++) {
        round_of_stores();
        changed = waitpid(pid, &status, WNOHANG | WUNTRACED);
    }
    /* a fork begins a new epoch: without one, stores that were seen before are passed over */
    pid_t other = start();
    if (other == 0)
        _exit(0);
    round_of_stores();
    finish(other);
    if (changed == pid && WIFSTOPPED(status)) {
        must(kill(pid, SIGKILL) == 0, "kill");
        finish(pid);
    }
    return changed != pid;
}
