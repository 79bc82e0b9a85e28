/* SPDX-License-Identifier: MIT */
/**
 * Whose line is it: prefixes of Memcheck's log, bare text, and lines that two writers share.
 *
 * Every line of Valgrind's has a prefix with its pid. Without one are only its last words when it
 * breaks down, and the rest of a line too long to be written at once.
 */
#include "gr_vg_impl.h"

#include <limits.h>
#include <string.h>

/* Text without a prefix. Valgrind writes such only when it breaks down. */
static void bare_line(struct gr_vg *v, const char *s)
{
    if (s[strspn(s, " \t\r")] == '\0')
        return;
    if (v->splits > 0) {
        v->splits--;
        return;
    }
    if (gr_vg_starts(s, "vex ")) {
        v->vex = true;
        return;
    }
    bool breakdown = gr_vg_starts(s, "valgrind: ") || gr_vg_starts(s, "Memcheck: ") ||
                     strstr(s, "Valgrind's memory management: out of memory") != NULL;
    if (breakdown && v->broken[0] == '\0')
        gr_vg_copy(v->broken, sizeof(v->broken), s + strspn(s, " "));
    if (v->broken[0] == '\0' && v->bare[0] == '\0')
        gr_vg_copy(v->bare, sizeof(v->bare), s);
}

/* Is @s "==12== ..."? Also with -- and **. Return: length of the prefix, or 0. */
static size_t parse_prefix(const char *s, int *pid)
{
    char c = s[0];
    size_t n = 2;
    long value = 0;

    if ((c != '=' && c != '-' && c != '*') || s[1] != c)
        return 0;
    for (; s[n] >= '0' && s[n] <= '9' && n < 12; n++)
        value = value * 10 + (s[n] - '0');
    if (n == 2 || value <= 0 || value > INT_MAX || s[n] != c || s[n + 1] != c || s[n + 2] != ' ')
        return 0;
    *pid = (int)value;
    return n + 3;
}

/* Where in @s, not at its start, a line of Valgrind's begins: two writers met on one line. */
static char *find_inner(char *s, size_t from)
{
    int pid;

    for (s += from; *s != '\0'; s++)
        if (*s == '=' && parse_prefix(s, &pid) > 0)
            return s;
    return NULL;
}

static void one_line(struct gr_vg *v, const char *s)
{
    int pid = 0;
    size_t n = parse_prefix(s, &pid);

    if (n == 0) {
        bare_line(v, s);
        return;
    }
    struct gr_vg_pid *p = gr_vg_pid(v, pid);
    if (*s == '=')
        gr_vg_report(v, p, s + n);
    else if (*s == '-')
        gr_vg_debug(p, s + n);
    else
        gr_vg_forged(p, "the program prints into Valgrind's report (VALGRIND_PRINTF)");
}

/* Valgrind writes a long line in pieces: another's line may stand between them, or follow a piece
 * directly. Short lines are written whole, so there the first part came from somebody else. */
void gr_vg_line(struct gr_vg *v, char *s)
{
    char *inner;
    int pid;

    while ((inner = find_inner(s, *s != '\0')) != NULL) {
        size_t n = parse_prefix(s, &pid), len = (size_t)(inner - s);
        bool piece = n > 0 && len >= GR_VG_PIECE;
        if (!piece && n > 0 && gr_vg_starts(s + n, "Command: "))
            break; /* the arguments may say anything */
        *inner = '\0';
        one_line(v, s);
        if (piece)
            v->splits++;
        else if (*s != '*' && v->bare[0] == '\0')
            gr_vg_copy(v->bare, sizeof(v->bare), s);
        *inner = '=';
        s = inner;
    }
    one_line(v, s);
}
