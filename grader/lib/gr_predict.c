/* SPDX-License-Identifier: MIT */
#include "gr_predict.h"

#include <ctype.h>
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

void gr_run_prediction(struct gr_run *r)
{
    const char *dot = strchr(r->item->id, '.'); /* "1P.3" */
    char tool[16], key[16];
    char *text, *given, *truth, *why;
    struct gr_proc *p;

    snprintf(tool, sizeof tool, "predict_%.2s", r->lab);
    snprintf(key, sizeof key, "%.2s.P%.4s", r->lab, dot ? dot + 1 : "");
    p = gr_run_args(r, NULL, tool, key + 3, NULL);
    gr_wait_exit(p);
    gr_expect_going(r);
    if (p->status != 0) /* the experiment is ours, and so is its failure */
        gr_fail(r, GR_INFRA, "the experiment %s could not be made here: %.200s", key,
                gr_buf_text(&p->errbuf));
    truth = answer_of(gr_buf_text(&p->outbuf), key);
    why = answer_of(gr_buf_text(&p->outbuf), "because");
    if (!truth || !why)
        gr_fail(r, GR_INFRA, "the experiment %s gave no result", key);
    text = gr_student_text(r, "predict.txt");
    given = answer_of(text, key);
    free(text);
    if (!given)
        gr_fail(r, GR_FAIL,
                "predict.txt has no line `%s = ...`; `make start LAB=%.2s DIR=somewhere` shows "
                "the form",
                key, key);
    gr_expect(r, *given != '\0', "predict.txt, line `%s =`: no answer yet", key);
    if (!same_answer(given, truth)) {
        r->rec.expected = gr_xasprintf("%s = %s", key, given);
        r->rec.actual = gr_xasprintf("%s = %.*s", key, (int)strcspn(truth, " "), truth);
        gr_fail(r, GR_FAIL, "you predicted `%.60s`, and the kernel did otherwise: %s", given, why);
    }
    free(given);
    free(truth);
    free(why);
}
