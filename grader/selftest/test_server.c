/* SPDX-License-Identifier: MIT */
/**
 * What all servers are asked for (gr_server.h) and what they leave (gr_files.h): good servers
 * pass, each bad one fails in its own words.
 */
#include "gr_files.h"
#include "gr_server.h"
#include "judged_fixture.h"

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

static const struct judged_case cases[] = {
    {"ready", "ready", "PASS", "", ready_then_term},
    {"dies", "dies", "FAIL", "no luck", ready_then_term},
    {"hello", "hello", "FAIL", "should be READY", ready_then_term},
    {"unflushed", "unflushed", "DEADLOCK", "waits for the line READY", ready_then_term},
    {"deaf", "deaf", "DEADLOCK", "waits in pause", ready_then_term},
    {"closes", "closes", "PASS", "", few_fds},
    {"keeps", "keeps", "LEFTOVER", "open: /dev/null", few_fds},
    {"none", "ready", "FAIL", "it is not there", makes_a_private_fifo},
    {"litters", "litters", "LEFTOVER", "litter is still there", makes_a_private_fifo},
    {"opens", "opens", "FAIL", "with mode 0666", makes_a_private_fifo},
};

int main(int argc, char **argv)
{
    return judged_main(argc, argv, "server", cases, sizeof cases / sizeof *cases);
}
