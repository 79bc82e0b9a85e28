/* SPDX-License-Identifier: MIT */
/* Lab 01, part 1B: scenarios for `sieve`. */
#include "01_pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What `sieve n` must print. The caller frees it. @count: how many primes. */
static char *primes_text(unsigned n, unsigned *count)
{
    struct gr_buf b = {.cap = 1 << 20};
    char line[32];

    *count = 0;
    for (unsigned p = 2; p <= n; p++) {
        bool prime = true;

        for (unsigned d = 2; d * d <= p && prime; d++)
            prime = p % d != 0;
        if (!prime)
            continue;
        ++*count;
        gr_buf_add(&b, line, (size_t)snprintf(line, sizeof line, "prime %u\n", p));
    }
    return b.data;
}

static struct gr_proc *start_sieve(struct gr_run *r, unsigned n, struct gr_prog prog)
{
    char number[16];
    const char *argv[] = {"sieve", number, NULL};

    snprintf(number, sizeof number, "%u", n);
    prog.argv = argv;
    return gr_run_prog(r, &prog);
}

static void expect_primes(struct gr_run *r, struct gr_proc *p, unsigned n)
{
    unsigned count;
    char *text = primes_text(n, &count);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, text);
    gr_expect_exit(r, p, 0);
    free(text);
}

/* The last time each third read() of a pipe brings fewer bytes than an int has. */
void sieve_small(struct gr_run *r)
{
    unsigned random = 50 + gr_random(r, 250);
    const unsigned ns[] = {2, 3, 4, 30, random};
    const struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 33};

    for (size_t i = 0; i < sizeof ns / sizeof *ns; i++)
        expect_primes(r, start_sieve(r, ns[i], (struct gr_prog){0}), ns[i]);
    /* A leading zero makes no octal number of it. */
    expect_primes(r, gr_run_args(r, NULL, "sieve", "0000000012", NULL), 12);
    expect_primes(r, start_sieve(r, 60, (struct gr_prog){.inject = &in}), 60);
}

void sieve_with_few_descriptors(struct gr_run *r)
{
    expect_primes(r, start_sieve(r, 1000, (struct gr_prog){.nofile = 16}), 1000);
}

void sieve_process_per_prime(struct gr_run *r)
{
    unsigned count;
    char *text = primes_text(1000, &count);
    struct gr_proc *p = start_sieve(r, 1000, (struct gr_prog){.nproc = count + 1});
    int made;

    gr_wait_exit(p);
    gr_expect_going(r);
    if (p->status != 0)
        gr_fail(r, GR_FAIL,
                "`sieve 1000` may have %u processes alive at once (primes + 1); with that many "
                "allowed it failed: %.200s",
                count + 1, gr_buf_text(&p->errbuf));
    gr_expect_out(r, p, text);
    free(text);
    if (r->place.backend == GR_JAIL_NONE)
        return; /* process ids are shared with all of the machine: nothing to count by */
    made = pipes_processes_made(r, p);
    gr_expect(r, made >= (int)count,
              "`sieve 1000` found %u primes with %d processes: each prime needs a process of its "
              "own, which takes its multiples out of the stream",
              count, made);
}

void sieve_refuses_bad_numbers(struct gr_run *r)
{
    static const char *const bad[][4] = {
        {"sieve", NULL},
        {"sieve", "1", NULL},
        {"sieve", "0", NULL},
        {"sieve", "-5", NULL},
        {"sieve", "12x", NULL},
        {"sieve", "", NULL},
        {"sieve", "100001", NULL},
        {"sieve", "99999999999999999999", NULL},
        {"sieve", "10", "20", NULL},
        {"sieve", " 7", NULL},
        {"sieve", "+7", NULL},
        {"sieve", "7 ", NULL},
        {"sieve", "5.0", NULL},
        {"sieve", "0x1f", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        pipes_expect_usage(r, bad[i]);
}

/* Up to 30 all numbers fit into the pipe; of 100000 the source has most still to send when the
 * first stage gives up, and SIGPIPE must not end it before it has waited. */
static void expect_full_output(struct gr_run *r)
{
    static const unsigned up_to[] = {30, 100000};

    for (size_t i = 0; i < sizeof up_to / sizeof *up_to; i++) {
        int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
        struct gr_proc *p;

        if (full == -1)
            gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
        p = start_sieve(r, up_to[i],
                        (struct gr_prog){.stdout_fd = full, .stdout_word = "/dev/full"});
        close(full);
        gr_expect_trouble(r, p);
    }
}

/* Far on the right a process cannot be made, for the last number there is: so nothing is written
 * after it, and only the exit statuses carry that to the first process. */
static void expect_no_process_left(struct gr_run *r)
{
    static const struct {
        unsigned last, allowed;
    } prime[] = {{5, 3}, {13, 6}, {31, 11}};

    if (r->place.backend == GR_JAIL_NONE)
        return; /* no limit of processes */
    for (size_t i = 0; i < sizeof prime / sizeof *prime; i++)
        gr_expect_trouble(
            r, start_sieve(r, prime[i].last, (struct gr_prog){.nproc = prime[i].allowed}));
}

/* `sieve 1000 | head -1`: how it ends is its own affair, but it ends. */
static void expect_end_without_reader(struct gr_run *r)
{
    struct gr_proc *p;
    int out[2];

    if (gr_pipe(out) == -1)
        gr_fail(r, GR_INFRA, "pipe: %s", strerror(errno));
    close(out[0]);
    p = start_sieve(
        r, 1000, (struct gr_prog){.stdout_fd = out[1], .remark = "into a pipe that nobody reads"});
    close(out[1]);
    gr_wait_exit(p);
    gr_expect_going(r);
}

void sieve_reports_failures(struct gr_run *r)
{
    expect_full_output(r);
    expect_end_without_reader(r);
    expect_no_process_left(r);
}

void sieve_memory(struct gr_run *r)
{
    expect_primes(r, start_sieve(r, 100, (struct gr_prog){0}), 100);
}

void sieve_waits_for_all(struct gr_run *r)
{
    /* Not its output: what it did not wait for may not have printed yet. */
    gr_expect_exit(r, start_sieve(r, 200, (struct gr_prog){0}), 0);
}
