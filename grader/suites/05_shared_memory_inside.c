/* SPDX-License-Identifier: MIT */
/* Lab 05, parts 5C and 5D: what is in the shared memory while a call is in the middle of its work.
 * The drivers journal_driver.c and seqlock_driver.c in grader/suites/05-shared-memory look there;
 * their head comments tell the format of their lines. */
#include "05_shared_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../labs/05-shared-memory/ledger.h"

enum { TRANSFERS = 6, DEATH_BEFORE = 5, CAP = 1 << 14, MOST_TRIES = 1000 };

static struct gr_proc *ended(struct gr_run *r, const char *driver, const char *arg)
{
    const char *argv[] = {driver, arg, NULL};
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv});

    gr_wait_exit(p);
    gr_expect_going(r);
    return p;
}

/* The five lines of transfer @n; the balances become what they are after it. */
static void tell_transfer(struct gr_buf *b, unsigned n, int64_t balance[LEDGER_ACCOUNTS])
{
    static const char *const point[] = {"locked", "writing", "written", "half", "done"};
    static const int stored[] = {0, 0, 0, 1, 2};
    struct transfer t = ledger_transfer(1, n);
    char line[160];

    balance[t.from] -= t.amount;
    balance[t.to] += t.amount;
    for (int i = 0; i < 5; i++) {
        bool dead = i == 0 && n == DEATH_BEFORE, old = i == 0 && !dead;
        unsigned begin = old ? (n > 2 ? n - 2 : 0) : n;
        int len = snprintf(line, sizeof line, "%u %s begin %u %s, %d of 2 stored", n, point[i],
                           begin, dead || i == 1 ? "incomplete" : "complete", stored[i]);

        if (i > 1)
            len += snprintf(line + len, sizeof line - (size_t)len, ", entry %u %u %lld %lld",
                            t.from, t.to, (long long)balance[t.from], (long long)balance[t.to]);
        gr_buf_add(b, line, (size_t)len);
        gr_buf_add(b, "\n", 1);
    }
}

void journal_is_kept(struct gr_run *r)
{
    struct gr_proc *p = ended(r, "journal_driver", "move");
    int64_t balance[LEDGER_ACCOUNTS];
    struct gr_buf want = {.cap = CAP};

    for (int i = 0; i < LEDGER_ACCOUNTS; i++)
        balance[i] = LEDGER_START;
    for (unsigned n = 1; n <= TRANSFERS; n++)
        tell_transfer(&want, n, balance);
    gr_expect_exit(r, p, 0);
    gr_expect_bytes_because(
        r, "what is in slot n % 2 and in the balances at each kit point of transfer n",
        gr_buf_text(&p->outbuf), p->outbuf.len, gr_buf_text(&want), want.len,
        "ledger.h says where the five kit points stand and what is stored in what order. Transfer "
        "4 was made by another process; before transfer 5 the slot was left as a death at "
        "`writing` leaves it");
    free(want.data);
}

/* The line that begins with @what, without that. */
static const char *said(struct gr_run *r, struct gr_proc *p, const char *what)
{
    static char line[200];
    const char *at = strstr(gr_buf_text(&p->outbuf), what);

    if (!at)
        gr_expect_exit(r, p, 0);
    if (!at)
        gr_fail(r, GR_FAIL, "journal.c never came to `%s`; the driver said: %.300s", what,
                gr_buf_text(&p->outbuf));
    at += strlen(what);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

void journal_survives_anywhere(struct gr_run *r)
{
    struct gr_proc *p = ended(r, "journal_driver", "repair");
    const char *text = said(r, p, "lock");

    gr_expect(r, strcmp(text, " process-shared robust") == 0,
              "the lock that ledger_init() made must be process-shared and robust; it is:%s",
              *text ? text : " neither");
    text = said(r, p, "\nkilled anywhere: ");
    gr_expect(r, strcmp(text, "whole") == 0,
              "a transfer was made one instruction at a time. At one of them, with the slots %s, "
              "the newest complete entry does not lead to the balances before or after the "
              "transfer: a kill just there makes or loses money",
              text);
    text = said(r, p, "\nrepair stored ");
    gr_expect(r, strcmp(text, "1 of 2") == 0,
              "an owner died at `written`. At kit_point(\"repair\") %s balances were stored; the "
              "point stands between the two",
              text);
    text = said(r, p, "\nrepair killed anywhere: ");
    gr_expect(r, strcmp(text, "counted too early") != 0,
              "`repairs` goes up before both balances are right: a repairer that is killed there "
              "is counted, and so is the one that does it again");
    gr_expect(r, strcmp(text, "whole") == 0,
              "a repair was made one instruction at a time. At one of them, with the slots %s, the "
              "newest complete entry does not lead to the right balances",
              text);
    gr_expect_exit(r, p, 0);
}

/* @line, without its first word, is sample 1, sample 2, or an errno. */
static bool is_sample(const char *line, bool may_fail)
{
    static const char one[] = "101 102 103 104 105 106 107 108\n";
    static const char two[] = "201 202 203 204 205 206 207 208\n";
    const char *text = strchr(line, ' ') + 1;

    return strncmp(text, one, strlen(one)) == 0 || strncmp(text, two, strlen(two)) == 0 ||
           (may_fail && strncmp(text, "EAGAIN\n", 7) == 0);
}

static void expect_whole(struct gr_run *r, const char *line)
{
    int len = (int)strcspn(line, "\n");

    if (strncmp(line, "writing ", 8) == 0)
        gr_expect(r, is_sample(line, true),
                  "sample 101 102 .. 108 was there, and the writer was held at each instruction of "
                  "a write of 201 202 .. 208. A reader that came just then got: %.*s",
                  len - 8, line + 8);
    if (strncmp(line, "reading ", 8) == 0)
        gr_expect(r, is_sample(line, false),
                  "sample 101 102 .. 108 was there; at one instruction of telem_read() the whole "
                  "of 201 202 .. 208 was written. The reader went on, and got: %.*s",
                  len - 8, line + 8);
}

void telem_is_whole_anywhere(struct gr_run *r)
{
    struct gr_proc *p = ended(r, "seqlock_driver", NULL);
    const char *text = gr_buf_text(&p->outbuf);
    unsigned tries = 0, half = 99;
    char error[40] = "";

    gr_expect(r, !strstr(text, "reader stored"),
              "telem_read() stores into the segment: it must write nothing there");
    for (const char *line = text; strchr(line, '\n'); line = strchr(line, '\n') + 1) {
        sscanf(line, "half %u", &half);
        sscanf(line, "tries %u %39s", &tries, error);
        expect_whole(r, line);
        gr_expect(r, strncmp(line, "late ", 5) != 0 || is_sample(line, false),
                  "a write was going on when telem_read() began, and ended soon after. It should "
                  "try again, up to %d times, and then have a sample; at its end it gave: %.*s",
                  MOST_TRIES, (int)strcspn(line + 5, "\n"), line + 5);
        gr_expect(r, strncmp(line, "odd ", 4) != 0 || strncmp(line, "odd EAGAIN\n", 11) == 0,
                  "seq was odd all the time: telem_read() should fail with EAGAIN; it gave: %.60s",
                  line);
    }
    gr_expect_exit(r, p, 0);
    gr_expect(r, half == 4,
              "at kit_point(\"write\") half of the eight values should be stored; %u were", half);
    gr_expect(
        r, tries >= 1 && tries <= MOST_TRIES && strcmp(error, "EAGAIN") == 0,
        "at each kit_point(\"read\") came a write. After at most %d tries telem_read() should "
        "fail with EAGAIN; after %u it gave: %s",
        MOST_TRIES, tries, error);
}
