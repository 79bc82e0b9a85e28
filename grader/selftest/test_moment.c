/* SPDX-License-Identifier: MIT */
/**
 * Servers in their worst moment, or asleep the wrong way, and the line with which a program gives
 * up (gr_moment.h, gr_timed.h): who does it right passes, each wrong one fails in its own words.
 */
#include "gr_moment.h"
#include "gr_timed.h"
#include "judged_fixture.h"

static const struct gr_inject traced = {.trace = "open,read," GR_IDLE_TRACE};

static struct gr_prog moments(struct gr_run *r, const char **argv)
{
    argv[0] = "moments";
    argv[1] = r->item->program;
    argv[2] = NULL;
    return (struct gr_prog){.argv = argv, .keep_input = true};
}

static void ends_at_term(struct gr_run *r)
{
    const char *argv[3];
    struct gr_prog prog = moments(r, argv);

    gr_expect_term_before_sleep(r, &prog);
}

/* Without the third start, in which only one thread pauses. */
static void ends_when_held(struct gr_run *r)
{
    const char *argv[3];
    struct gr_prog prog = moments(r, argv);

    gr_expect_exit(r, gr_term_before_sleep(r, &prog), 0);
}

static struct gr_proc *start(struct gr_run *r, const struct gr_inject *in)
{
    const char *argv[3];
    struct gr_prog prog = moments(r, argv);

    prog.inject = in;
    return gr_run_prog(r, &prog);
}

static void put_five(struct gr_run *r, void *p)
{
    (void)r;
    gr_send(p, "12345", 5);
}

/* Five bytes and the signal, for it at once. */
static void takes_what_came(struct gr_run *r)
{
    struct gr_proc *p = start(r, NULL);

    gr_expect_ready(r, p);
    gr_term_after(r, p, put_five, p);
    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "READY\n5\n");
}

static void stays(struct gr_run *r)
{
    struct gr_proc *p = start(r, NULL);

    gr_expect_ready(r, p);
    gr_wait_stuck(r->scene);
    gr_expect_alive(r, p);
    gr_expect_term(r, p);
}

/* Only the calls that find nothing are told of, and not the pauses between them. */
static void does_not_read(struct gr_run *r)
{
    static const struct gr_inject reads = {.trace = "read"};
    struct gr_proc *p = start(r, &reads);

    gr_expect_ready(r, p);
    gr_expect_no_asking(r, p, "read");
}

static void does_not_ask(struct gr_run *r)
{
    struct gr_proc *p = start(r, &traced);

    gr_expect_ready(r, p);
    gr_expect_no_asking(r, p, "read");
    gr_expect_term(r, p);
}

/* What is noted does not end the scenario: the program is asked to end all the same. */
static void waits_untimed(struct gr_run *r)
{
    struct gr_proc *p = start(r, NULL);

    gr_expect_ready(r, p);
    gr_expect_untimed(r, p, "in read().");
    gr_expect_term(r, p);
}

static void is_idle(struct gr_run *r)
{
    struct gr_proc *p = start(r, NULL);

    gr_expect_ready(r, p);
    gr_expect(r, gr_wait_idle(r->scene), "nobody is idle");
    gr_expect_term(r, p);
}

static void complains(struct gr_run *r)
{
    struct gr_proc *p = start(r, &traced);

    gr_expect_exit(r, p, 1);
    gr_expect_complaint(r, p);
}

static const struct judged_case cases[] = {
    {"ppoll", "ppoll", "PASS", "", ends_at_term},
    {"self-pipe", "self-pipe", "PASS", "", ends_at_term},
    {"sigwait", "sigwait", "PASS", "", ends_at_term},
    {"flag-first", "flag-before-message", "PASS", "", ends_at_term},
    {"flag", "flag-then-read", "DEADLOCK", "SIGTERM came just before moments called read()",
     ends_at_term},
    {"fails", "fails", "FAIL", "exit status 4", ends_at_term},
    {"flag-late", "message-before-flag", "DEADLOCK",
     "SIGTERM came just before moments called msgrcv()", ends_at_term},
    {"held-right", "flag-before-message", "PASS", "", ends_when_held},
    {"held-less", "less-each-time", "PASS", "", ends_when_held},
    {"held-less-wrong", "flag-less-each-time", "DEADLOCK", "waits in poll()", ends_when_held},
    {"held-wrong", "flag-then-read", "DEADLOCK", "waits in read(fd 0)", ends_when_held},
    {"counts", "counts", "PASS", "", takes_what_came},
    {"stays", "patient", "PASS", "", stays},
    {"dies", "dies", "FAIL", "ended with exit status 5, although nobody had told it to", stays},
    {"does-not-ask", "patient", "PASS", "", does_not_ask},
    {"asks", "asks", "FAIL", "calls of read that found nothing", does_not_read},
    {"asks-slowly", "limit", "FAIL", "times its wait ended by a clock", does_not_ask},
    {"untimed", "patient", "PASS", "", waits_untimed},
    {"timed", "limit", "SPIN", "asks again and again where it should wait", waits_untimed},
    {"sleeps", "asks", "SPIN", "Let it wait in read().", waits_untimed},
    {"idle", "patient", "PASS", "", is_idle},
    {"idle-timed", "limit", "PASS", "", is_idle},
    {"truth", "truth", "PASS", "", complains},
    {"own", "own", "PASS", "", complains},
    {"other-call", "other-call", "FAIL", "what failed is open(), with ENOENT", complains},
    {"other-reason", "other-reason", "FAIL", "`moments: open: No such file or directory`",
     complains},
    {"nothing", "nothing", "FAIL", "should say on stderr what failed", complains},
    {"twice", "twice", "FAIL", "should say on stderr what failed", complains},
    {"other-name", "other-name", "FAIL", "should say on stderr what failed", complains},
    {"no-reason", "no-reason", "FAIL", "should say on stderr what failed", complains},
};

int main(int argc, char **argv)
{
    return judged_main(argc, argv, "moment", cases, sizeof cases / sizeof *cases);
}
