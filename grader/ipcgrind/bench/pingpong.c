/* SPDX-License-Identifier: GPL-2.0-or-later */
/* W4: two workers hand a small message to and fro: over two pipes, or, with SEMAPHORES, in common
 * memory under two semaphores. */
#include "bench.h"

enum { ROUNDS = 3000, LENGTH = 16 };

static struct table {
    sem_t ping, pong;
    char message[LENGTH];
} * table;
static int there[2], back[2];

static void post(sem_t *s)
{
    must(sem_post(s) == 0, "sem_post");
}

static void await(sem_t *s)
{
    must(sem_wait(s) == 0, "sem_wait");
}

static void *answer(void *unused)
{
    char message[LENGTH];
    for (int i = 0; i < ROUNDS; i++) {
#ifdef SEMAPHORES
        await(&table->ping);
        memcpy(message, table->message, LENGTH);
        message[i % LENGTH]++;
        memcpy(table->message, message, LENGTH);
        post(&table->pong);
#else
        must(read(there[0], message, LENGTH) == LENGTH, "read");
        must(write(back[1], message, LENGTH) == LENGTH, "write");
#endif
    }
    return unused;
}

static void ask(void)
{
    char message[LENGTH] = "";
    for (int i = 0; i < ROUNDS; i++) {
#ifdef SEMAPHORES
        memcpy(table->message, message, LENGTH);
        post(&table->ping);
        await(&table->pong);
        memcpy(message, table->message, LENGTH);
#else
        must(write(there[1], message, LENGTH) == LENGTH, "write");
        must(read(back[0], message, LENGTH) == LENGTH, "read");
#endif
    }
}

int main(void)
{
    table = common(sizeof(*table));
    must(sem_init(&table->ping, SHARED, 0) == 0, "sem_init");
    must(sem_init(&table->pong, SHARED, 0) == 0, "sem_init");
    must(pipe(there) == 0 && pipe(back) == 0, "pipe");
    struct worker w = work(answer, NULL);
    ask();
    end(&w);
    (void)post;
    (void)await;
    return 0;
}
