/* SPDX-License-Identifier: MIT */
/**
 * A lab as its lab.ini describes it, and where the labs are.
 *
 *  1. gr_root_find() gives the project's folder (from the program's own place, not the cwd).
 *  2. gr_lab_find() turns "pipes", "01", "1" or "01-pipes" into the slug "01-pipes".
 *  3. gr_lab_load() reads labs/01-pipes/lab.ini into a struct gr_lab.
 *  4. gr_lab_release() frees what it owns.
 *
 * Errors come as one line for a person: "FILE:LINE: what is wrong; what to write instead".
 */
#ifndef GR_LAB_H
#define GR_LAB_H

#include <stdbool.h>
#include <stddef.h>

/** Names, in the order of the file. */
struct gr_names {
    char **v;
    size_t n;
};

/**
 * What a student hands in: a program, a module that becomes one with a driver of the grader, or a
 * text that an item reads.
 */
struct gr_program {
    char *name;              /* as in [program NAME] */
    char *binary;            /* in --bin: NAME, the driver without ".c", or the text's file */
    char *driver;            /* modules: the file in grader/suites/SLUG/; NULL for programs */
    struct gr_names sources; /* the student's files: .c, or .h that go with them */
    struct gr_names libs;    /* "-lpthread", ... */
    bool text;               /* sources is one file, which is not compiled */
    int line;                /* in lab.ini */
};

/** A call the student's sources may not use. */
struct gr_forbidden {
    char *call;
    char *reason;
};

struct gr_lab {
    char *slug;  /* "01-pipes" */
    char *title; /* "Pipes" */
    int points;
    struct gr_program *programs;
    size_t nprograms;
    struct gr_forbidden *forbidden;
    size_t nforbidden;
    struct gr_names headers; /* given to the student; the kit's own copies are compiled against */
};

/** Return: 0, or -1 with a line for a person in *@err (the caller frees). */
int gr_lab_load(struct gr_lab *lab, const char *path, char **err);
void gr_lab_release(struct gr_lab *lab);

/** Return: the program or module whose name or binary is @name, or NULL. */
const struct gr_program *gr_lab_program(const struct gr_lab *lab, const char *name);

/** Return: the short name, "pipes" for "01-pipes" (part of @slug). */
const char *gr_lab_short(const char *slug);

/** Return: the project's folder (the caller frees), or NULL with a line in *@err. */
char *gr_root_find(char **err);

/** Fill @slugs with the labs under @root, sorted. Return: 0, or -1 with errno. */
int gr_lab_list(const char *root, struct gr_names *slugs);
void gr_names_release(struct gr_names *names);
void gr_names_add(struct gr_names *names, const char *name);

/**
 * Return: the slug @name stands for (the caller frees), or NULL with a line in *@err that lists
 * the labs there are and names the nearest.
 */
char *gr_lab_find(const char *root, const char *name, char **err);

#endif
