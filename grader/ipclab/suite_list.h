/* SPDX-License-Identifier: MIT */
/** What a suite says it judges: the list every grading is held against. */
#ifndef SUITE_LIST_H
#define SUITE_LIST_H

#include "gr_result.h"
#include "pool.h"

struct item {
    char *id;
    char *title;
    char *part;
    char *program; /* binaries it needs, separated by blanks; "" = none */
    char *step;    /* "01.3" */
    enum gr_kind kind;
    enum gr_lens lens;
    int points;
    double cost;
    unsigned queues; /* POSIX message queues of default size it may need at once */
    /* While grading: */
    bool chosen; /* by --test */
    bool started;
    bool done;
    bool shown;
    int tries;
    int slot; /* where it runs, or ran last */
};

struct suite_list {
    char *path; /* of the suite */
    struct item *v;
    size_t n;
};

/**
 * Ask the suite of @slug under @root for its list.
 * Return: 0, or -1 with a line in *@err (the caller frees), or p->stop set.
 */
int suite_list_load(struct suite_list *l, struct pool *p, const char *root, const char *slug,
                    char **err);
void suite_list_release(struct suite_list *l);

#endif
