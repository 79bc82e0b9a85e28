/* SPDX-License-Identifier: MIT */
/* Purpose: what a child of the pool leaves behind ends with it, however deep, and nobody waits. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../ipclab/pool.h"

/* Each generation is ours only when the one before is dead. STRAY_S: their end in a red run. */
enum { GENERATIONS = 12, ROUNDS = 5, LIMIT_S = 30, STRAY_S = 120 };

struct family {
    pid_t pid[GENERATIONS]; /* shared: each writes its own */
    bool started;
    int nended;
};

static int next(void *ctx, int slot)
{
    struct family *f = ctx;

    (void)slot;
    if (f->started)
        return -1;
    f->started = true;
    return 0;
}

/* A chain of processes, each in a session of its own; the last says on @up that all are there. */
static void descend(struct family *f, int up)
{
    for (int i = 0; i < GENERATIONS; i++) {
        if (fork() != 0)
            break;
        alarm(STRAY_S);
        setsid();
        f->pid[i] = getpid();
        if (i == GENERATIONS - 1 && write(up, "u", 1) != 1)
            _exit(1);
    }
}

static void child(void *ctx, int index, int slot)
{
    int up[2];
    char c;
    pid_t me = getpid();

    (void)index;
    (void)slot;
    if (pipe(up) == -1)
        _exit(1);
    descend(ctx, up[1]);
    while (getpid() != me)
        pause();
    if (read(up[0], &c, 1) == 1)
        raise(SIGKILL);
    _exit(1);
}

static void ended(void *ctx, const struct pool_child *c)
{
    struct family *f = ctx;

    ck_assert(WIFSIGNALED(c->status));
    f->nended++;
}

START_TEST(descendants_of_a_dead_child_end)
{
    const struct pool_ops ops = {.next = next, .child = child, .ended = ended, .wall_ms = 60000};
    struct family *f =
        mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct pool p;

    ck_assert_ptr_ne(f, MAP_FAILED);
    ck_assert_int_eq(pool_init(&p), 0);
    ck_assert_int_eq(pool_run(&p, &ops, f, 1), 0);
    pool_finish(&p);
    ck_assert_int_eq(f->nended, 1);
    for (int i = 0; i < GENERATIONS; i++) {
        ck_assert_int_gt(f->pid[i], 0);
        ck_assert_int_eq(kill(f->pid[i], 0), -1);
        ck_assert_int_eq(errno, ESRCH);
    }
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
    munmap(f, sizeof(*f));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool");
    TCase *tc = tcase_create("pool");
    SRunner *sr = srunner_create(s);
    int failed;

    suite_add_tcase(s, tc);
    tcase_set_timeout(tc, LIMIT_S);
    tcase_add_loop_test(tc, descendants_of_a_dead_child_end, 0, ROUNDS);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
