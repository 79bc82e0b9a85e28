/* SPDX-License-Identifier: MIT */
/* What was run, in a shell's words: limits, redirections and ignored signals are part of it, or the
 * line that a student pastes does something else than the grader did. */
#include "gr_scene.h"
#include "gr_text.h"

#include <stdlib.h>

static void add_redirection(struct gr_text *t, const char *sign, const char *to)
{
    if (!to)
        return;
    gr_text_adds(t, sign);
    gr_text_add_quoted(t, to);
}

char *gr_command_line(const struct gr_prog *prog)
{
    bool traps = prog->sigpipe_ignored || prog->sigterm_ignored;
    bool set_up = prog->nofile > 0 || traps;
    struct gr_text t = {0};

    if (set_up)
        gr_text_adds(&t, "(");
    if (prog->nofile > 0)
        gr_text_addf(&t, "ulimit -Sn %u; ", prog->nofile);
    if (traps)
        gr_text_addf(&t, "trap ''%s%s; ", prog->sigpipe_ignored ? " PIPE" : "",
                     prog->sigterm_ignored ? " TERM" : "");
    for (size_t i = 0; prog->argv[i]; i++) {
        gr_text_add(&t, " ", i > 0);
        gr_text_add_quoted(&t, prog->argv[i]);
    }
    add_redirection(&t, " <", prog->stdin_word);
    add_redirection(&t, " >", prog->stdout_word);
    if (set_up)
        gr_text_adds(&t, ")");
    return gr_text_take(&t);
}

char *gr_command_remark(const struct gr_prog *prog)
{
    struct gr_text t = {0};

    if (prog->remark)
        gr_text_adds(&t, prog->remark);
    if (prog->nproc > 0)
        gr_text_addf(&t, "%swith at most %u processes at once", prog->remark ? ", " : "",
                     prog->nproc);
    return t.len > 0 ? gr_text_take(&t) : NULL;
}
