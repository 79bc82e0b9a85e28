/* SPDX-License-Identifier: MIT */
/**
 * What all servers are asked for (gr_server.h) and what they leave (gr_files.h), judged: good
 * servers pass, each bad one fails in its own words. Called with --item this program is the
 * suite, without it runs each item so and looks at the record.
 */
#include <stdbool.h>

#include "gr_files.h"
#include "gr_server.h"
#include "scene_util.h"

static struct gr_proc *start(struct gr_run *r, bool keep_input)
{
    const char *argv[] = {"server_like", r->item->program, NULL};

    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .keep_input = keep_input});
}

static void ready_then_term(struct gr_run *r)
{
    struct gr_proc *p = start(r, false);

    gr_expect_ready(r, p);
    gr_expect_term(r, p);
}

/* 3 requests, a look, 5 more. */
static void few_fds(struct gr_run *r)
{
    struct gr_proc *p = start(r, true);
    struct gr_fds fds = {0};

    gr_expect_ready(r, p);
    gr_send(p, "\n\n\n", 3);
    gr_wait_bytes(p, strlen("READY\n") + 9);
    if (gr_open_fds(p, &fds) == -1)
        gr_fail(r, GR_INFRA, "no descriptors to be seen");
    gr_send(p, "\n\n\n\n\n", 5);
    gr_wait_bytes(p, strlen("READY\n") + 24);
    gr_expect_no_more_fds(r, p, &fds, 5, "5 requests");
    gr_expect_term(r, p);
}

static void makes_a_private_fifo(struct gr_run *r)
{
    struct gr_proc *p = start(r, false);

    gr_expect_ready(r, p);
    gr_wait_asleep(p);
    gr_expect_mode(r, "litter", S_IFIFO, 0600, p->name);
    gr_expect_term(r, p);
    gr_expect_gone(r, "litter", p->name);
}

static const struct {
    struct gr_item item; /* program: the mode; title: the verdict; concept: words of the record */
} cases[] = {
    {{.id = "ready", .program = "ready", .title = "PASS", .concept = "", .run = ready_then_term}},
    {{.id = "dies",
      .program = "dies",
      .title = "FAIL",
      .concept = "no luck",
      .run = ready_then_term}},
    {{.id = "hello",
      .program = "hello",
      .title = "FAIL",
      .concept = "should be READY",
      .run = ready_then_term}},
    {{.id = "unflushed",
      .program = "unflushed",
      .title = "DEADLOCK",
      .concept = "waits for the line READY",
      .run = ready_then_term}},
    {{.id = "deaf",
      .program = "deaf",
      .title = "DEADLOCK",
      .concept = "waits in pause",
      .run = ready_then_term}},
    {{.id = "closes", .program = "closes", .title = "PASS", .concept = "", .run = few_fds}},
    {{.id = "keeps",
      .program = "keeps",
      .title = "LEFTOVER",
      .concept = "open: /dev/null",
      .run = few_fds}},
    {{.id = "none",
      .program = "ready",
      .title = "FAIL",
      .concept = "it is not there",
      .run = makes_a_private_fifo}},
    {{.id = "litters",
      .program = "litters",
      .title = "LEFTOVER",
      .concept = "litter is still there",
      .run = makes_a_private_fifo}},
    {{.id = "opens",
      .program = "opens",
      .title = "FAIL",
      .concept = "with mode 0666",
      .run = makes_a_private_fifo}},
};
enum { NCASES = sizeof cases / sizeof *cases };

static _Noreturn void run_suite(const char *id, enum gr_backend backend, int out)
{
    char fd[16];
    const char *const argv[] = {"suite",
                                "--item",
                                id,
                                "--bin",
                                world.bin,
                                "--tools",
                                world.kit,
                                "--result-fd",
                                fd,
                                "--slot",
                                "16",
                                "--jail",
                                backend == GR_JAIL_NONE ? "none" : "bwrap",
                                "--work",
                                world.work,
                                NULL};

    snprintf(fd, sizeof fd, "%d", out);
    execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
    _exit(126);
}

/* The record of item @i; static. */
static const char *record_of(int i, enum gr_backend backend)
{
    static char text[65536];
    size_t len = 0;
    int ends[2], status;
    ssize_t got;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0) {
        close(ends[0]);
        run_suite(cases[i].item.id, backend, ends[1]);
    }
    close(ends[1]);
    while (len < sizeof text - 1 && (got = read(ends[0], text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    close(ends[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return text;
}

START_TEST(server_is_judged)
{
    const struct gr_item *it = &cases[_i / 2].item;
    enum gr_backend backend = _i % 2 ? GR_JAIL_NONE : GR_JAIL_BWRAP;
    static struct host before;
    const char *record;
    char *verdict;

    if (backend == GR_JAIL_BWRAP && world.why[0] != '\0')
        return;
    host_look(&before);
    verdict = gr_xasprintf("\"%s\"", it->title);
    record = record_of(_i / 2, backend);
    ck_assert_msg(strstr(record, verdict), "%s should be %s: %s", it->id, it->title, record);
    ck_assert_msg(strstr(record, it->concept), "%s should say %s: %s", it->id, it->concept, record);
    free(verdict);
    world_clean();
    host_same(&before, it->id);
}
END_TEST

int main(int argc, char **argv)
{
    static struct gr_item items[NCASES];
    Suite *s = suite_create("server");
    TCase *tc = tcase_create("servers");

    for (int i = 0; i < NCASES; i++) {
        items[i] = cases[i].item;
        items[i].part = "0";
        items[i].points = 1;
        items[i].step = "00.0";
        if (argc > 1) /* what is looked for must not be there by itself */
        items[i].title = items[i].concept = "-";
    }
    if (argc > 1)
        return gr_suite_main(argc, argv, "00-self", items, NCASES);
    world_make();
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, server_is_judged, 0, 2 * NCASES);
    suite_add_tcase(s, tc);
    return world_run(s);
}
