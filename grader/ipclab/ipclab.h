/* SPDX-License-Identifier: MIT */
/** What the commands of ipclab share. */
#ifndef IPCLAB_H
#define IPCLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gr_lab.h"

#define IPCLAB_VERSION "0.1.0"

/** Exit statuses; a grading below full marks and a command that could not do it share one. */
enum { EX_DONE = 0, EX_BELOW = 1, EX_WRONG = 1, EX_USE = 2, EX_UNJUDGED = 75 };

/** Each command: @root is the kit's folder, @argv what stands after the command's name.
 *  Return: the exit status. */
int cmd_start(const char *root, int argc, char **argv);
int cmd_reset(const char *root, int argc, char **argv);
int cmd_list(const char *root, int argc, char **argv);
int cmd_hint(const char *root, int argc, char **argv);
int cmd_grade(const char *root, int argc, char **argv);
int cmd_board(const char *root, int argc, char **argv);

/** Say one line on stderr, made printable. Return: @status, for `return wrong(EX_USE, ...)`. */
int wrong(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** An option of a command: `--name VALUE`, `--name=VALUE`, or `--name` for a flag. */
struct opt {
    const char *name;
    const char *value; /* what the value is, for messages: "FILE"; NULL for a flag */
    const char **text; /* where the value goes */
    bool *flag;
};

/** Parse all of @argv. Return: 0, or EX_USE after a line on stderr. */
int opt_parse(const char *cmd, const struct opt *opts, size_t n, int argc, char **argv);
/** Return: 0, or EX_USE after a line on stderr; @s NULL leaves @out alone. */
int opt_u64(const char *cmd, const char *name, const char *s, uint64_t *out);
int opt_int(const char *cmd, const char *name, const char *s, int min, int max, int *out);
int opt_scale(const char *cmd, const char *name, const char *s, double *out);

/** Find and read the lab called @name. Return: 0, or EX_USE / EX_UNJUDGED after a line. */
int lab_open(const char *cmd, const char *root, const char *name, struct gr_lab *lab);

/** Return: whether any source of the lab stands in its folder. */
bool lab_started(const char *root, const struct gr_lab *lab);

/** Copy the skeleton into @dir, keeping what is there; name the files on @say unless it is NULL.
 *  Return: 0, or -1 after a line. */
int skeleton_copy(const char *root, const struct gr_lab *lab, const char *dir, FILE *say);
/** Fill @names with the regular files of the skeleton, sorted. Return: 0, or -1 after a line. */
int skeleton_names(const char *root, const struct gr_lab *lab, struct gr_names *names);

#endif
