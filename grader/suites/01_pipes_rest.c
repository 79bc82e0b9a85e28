/* SPDX-License-Identifier: MIT */
/* Lab 01: Predict, judged by asking this kernel, and the Bug hunt. */
#include "01_pipes.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Signals and errnos may be given by name or number; case and blanks do not matter. */
static bool same_answer(const char *given, const char *truth)
{
    char word[64];
    size_t n = 0;

    while (isspace((unsigned char)*given))
        given++;
    while (given[n] && !isspace((unsigned char)given[n]) && n < sizeof word - 1) {
        word[n] = given[n];
        n++;
    }
    word[n] = '\0';
    /* @truth is a list: "SIGPIPE 13" */
    for (const char *t = truth; n > 0 && *t;) {
        size_t len = strcspn(t, " ");

        if (len == n && strncasecmp(t, word, n) == 0)
            return given[n + strspn(given + n, " \t\r")] == '\0';
        t += len;
        t += strspn(t, " ");
    }
    return false;
}

/* What stands behind `KEY =` in @text. The caller frees it; NULL = no such line. */
static char *answer_of(const char *text, const char *key)
{
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        const char *at = line + (*line == '\n');
        size_t len;

        at += strspn(at, " \t");
        line = at;
        if (strncmp(at, key, strlen(key)) != 0)
            continue;
        at += strlen(key);
        at += strspn(at, " \t");
        if (*at != '=')
            continue;
        at++;
        at += strspn(at, " \t");
        len = strcspn(at, "\r\n");
        while (len > 0 && isspace((unsigned char)at[len - 1]))
            len--;
        return gr_xstrndup(at, len);
    }
    return NULL;
}

/* Ask the kernel, then the student's file. */
static void predict(struct gr_run *r, const char *number)
{
    struct gr_proc *p = gr_run_args(r, NULL, "predict_01", number, NULL);
    char key[16], *text, *given, *truth, *why;

    snprintf(key, sizeof key, "01.%s", number);
    gr_expect_exit(r, p, 0);
    truth = answer_of(gr_buf_text(&p->outbuf), key);
    why = answer_of(gr_buf_text(&p->outbuf), "because");
    if (!truth || !why)
        gr_fail(r, GR_INFRA, "the experiment %s gave no result", key);
    text = gr_student_text(r, "predict.txt");
    given = answer_of(text, key);
    free(text);
    if (!given)
        gr_fail(r, GR_FAIL,
                "predict.txt has no line `%s = ...`; `make start LAB=pipes DIR=somewhere` shows "
                "the form",
                key);
    gr_expect(r, *given != '\0', "predict.txt, line `%s =`: no answer yet", key);
    if (!same_answer(given, truth)) {
        r->rec.expected = gr_xasprintf("%s = your prediction: %s", key, given);
        r->rec.actual =
            gr_xasprintf("%s = what happened: %.*s", key, (int)strcspn(truth, " "), truth);
        gr_fail(r, GR_FAIL, "you predicted `%.60s`, and the kernel did otherwise: %s", given, why);
    }
    free(given);
    free(truth);
    free(why);
}

void predict_1(struct gr_run *r)
{
    predict(r, "P1");
}

void predict_2(struct gr_run *r)
{
    predict(r, "P2");
}

void predict_3(struct gr_run *r)
{
    predict(r, "P3");
}

void predict_4(struct gr_run *r)
{
    predict(r, "P4");
}

void predict_5(struct gr_run *r)
{
    predict(r, "P5");
}

/* What hunt_1 prints of @words. The caller frees it. */
static char *measured(const char *const *words)
{
    struct gr_buf b = {.cap = 4096};
    char line[64];

    for (; *words; words++)
        gr_buf_add(
            &b, line,
            (size_t)snprintf(line, sizeof line, "%c %zu %.15s\n", **words, strlen(*words), *words));
    return b.data;
}

void hunt_1_repaired(struct gr_run *r)
{
    static const char *const argv[] = {
        "hunt_1", "pipe", "x", "fifteen-letters", "a-word-longer-than-the-record-holds", NULL};
    struct gr_prog prog = {.argv = argv};
    struct gr_proc *p = gr_run_prog(r, &prog);
    char *want = measured(argv + 1);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
    free(want);
}

static void expect_sum(struct gr_run *r, unsigned workers, unsigned n)
{
    char p_text[16], n_text[16], want[64];
    struct gr_proc *p;

    snprintf(p_text, sizeof p_text, "%u", workers);
    snprintf(n_text, sizeof n_text, "%u", n);
    snprintf(want, sizeof want, "sum %llu\n", (unsigned long long)n * (n + 1ull) / 2);
    p = gr_run_args(r, NULL, "hunt_2", p_text, n_text, NULL);
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
}

void hunt_2_repaired(struct gr_run *r)
{
    expect_sum(r, 1, 10);
    expect_sum(r, 4, 1000 + gr_random(r, 100000));
    expect_sum(r, 20, 1000000);
}

void hunt_2_waits(struct gr_run *r)
{
    expect_sum(r, 12, 1000);
}
