/* SPDX-License-Identifier: MIT */
/* Circles in the picture: A waits for B, and B waits for A. */
#include "explain.h"

#include <stdio.h>
#include <string.h>

/* Does @l lead to the task @v? To a process leads whatever leads to one of its threads. */
static bool leads_to(const struct link *l, const struct waiter *v)
{
    return v->forever && (l->to == v->tid || (!l->thread && l->to == v->p->pid));
}

/* Breadth first from @start back to it. @from: the way; Return: the last one before @start. */
static int search(const struct picture *pic, size_t start, int *from)
{
    size_t queue[MAX_WAITERS], head = 0, tail = 0;
    bool seen[MAX_WAITERS] = {false};

    queue[tail++] = start;
    while (head < tail) {
        size_t at = queue[head++];
        const struct waiter *w = &pic->waiters[at];

        for (size_t k = 0; k < w->nlinks; k++)
            for (size_t to = 0; to < pic->n; to++) {
                if (!leads_to(&w->links[k], &pic->waiters[to]))
                    continue;
                /* Waiting for itself counts only where nobody else could help. */
                if (to == start && (at != start || w->nlinks == 1))
                    return (int)at;
                if (to == start || seen[to])
                    continue;
                seen[to] = true;
                from[to] = (int)at;
                queue[tail++] = to;
            }
    }
    return -1;
}

size_t circle_find(struct picture *pic, struct waiter **members, size_t max)
{
    size_t best = 0;

    for (size_t start = 0; start < pic->n; start++) {
        int from[MAX_WAITERS], last;
        size_t len = 1, i;

        if (!pic->waiters[start].forever || (last = search(pic, start, from)) == -1)
            continue;
        for (int at = last; at != (int)start; at = from[at])
            len++;
        if (len > max || (best > 0 && len >= best))
            continue;
        best = i = len;
        for (int at = last; i > 0; at = from[at]) {
            members[--i] = &pic->waiters[at];
            if (at == (int)start)
                break;
        }
    }
    return best;
}

void circle_words(const struct picture *pic, struct waiter *const *members, size_t n,
                  struct text *out)
{
    (void)pic;
    put(out, "%s: ", n == 1 ? "A process waits for itself" : "These wait in a circle");
    for (size_t i = 0; i < n; i++) {
        const struct waiter *w = members[i], *next = members[(i + 1) % n];
        const struct link *l = NULL;

        for (size_t k = 0; k < w->nlinks && !l; k++)
            if (leads_to(&w->links[k], next))
                l = &w->links[k];
        if (!l)
            continue;
        put(out, "%s%s %s ", i == 0 ? "" : i + 1 == n ? ", and " : ", ", who_waits(w), l->before);
        put(out, "%s %s", n == 1 ? "it" : who_waits(next), l->after);
    }
    put(out, ". %s on.",
        n == 1   ? "It cannot go"
        : n == 2 ? "Neither of them can go"
                 : "None of them can go");
}
