/* SPDX-License-Identifier: MIT */
/*
 * Purpose: read lab.ini. Whoever adds a lab learns from the first wrong line what to write there
 * instead. libinih parses; it reports neither line numbers to its handler nor sections without
 * keys, so the reader it gets its lines from notes both.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "gr_lab.h"
#include "gr_text.h"

enum { MAX_INI = 64 * 1024, MAX_LAB_POINTS = 1000 };

struct reader {
    const char *path;
    const char *at; /* the rest of the file */
    int line;
    int section_line;
    struct gr_lab *lab;
    struct gr_program *program; /* of the section we are in, or NULL */
    char section[64];
    char *err; /* the first one */
};

static void wrong(struct reader *r, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void wrong(struct reader *r, int line, const char *fmt, ...)
{
    struct gr_text t = {0};
    char *s = NULL;
    va_list ap;

    if (r->err)
        return;
    va_start(ap, fmt);
    if (vasprintf(&s, fmt, ap) < 0)
        s = NULL;
    va_end(ap);
    gr_text_addf(&t, "%s:%d: %s", r->path, line, s ? s : "?");
    free(s);
    r->err = gr_text_take(&t);
}

static bool good_name(const char *s)
{
    return *s && strlen(s) < 40 && isalnum((unsigned char)*s) &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
               strlen(s);
}

static void new_program(struct reader *r, const char *name)
{
    struct gr_lab *lab = r->lab;
    struct gr_program *p;

    if (!good_name(name)) {
        wrong(r, r->line, "\"%s\" cannot name a program; use letters, digits, _ and -", name);
        return;
    }
    for (size_t i = 0; i < lab->nprograms; i++)
        if (strcmp(lab->programs[i].name, name) == 0)
            wrong(r, r->line, "\"%s\" is there already, in line %d; give each program one section",
                  name, lab->programs[i].line);
    lab->programs = gr_xrealloc(lab->programs, lab->nprograms + 1, sizeof(*p));
    p = &lab->programs[lab->nprograms++];
    memset(p, 0, sizeof(*p));
    p->name = gr_xstrdup(name);
    p->binary = gr_xstrdup(name);
    p->line = r->line;
    r->program = p;
}

/* A file that is handed in and read, not compiled. */
static void new_text(struct reader *r, const char *name)
{
    new_program(r, name);
    if (r->program)
        r->program->text = true;
}

static void open_section(struct reader *r, const char *line, const char *end)
{
    size_t len = (size_t)(end - line - 1);
    char *name;

    r->program = NULL;
    r->section_line = r->line;
    if (len >= sizeof(r->section))
        len = sizeof(r->section) - 1;
    memcpy(r->section, line + 1, len);
    r->section[len] = '\0';
    name = strchr(r->section, ' ');
    if (name)
        *name++ = '\0';
    while (name && *name == ' ')
        name++;
    if (strcmp(r->section, "program") == 0 || strcmp(r->section, "module") == 0)
        new_program(r, name ? name : "");
    else if (strcmp(r->section, "text") == 0)
        new_text(r, name ? name : "");
    else if (name || (strcmp(r->section, "lab") != 0 && strcmp(r->section, "given") != 0 &&
                      strcmp(r->section, "forbidden") != 0))
        wrong(r, r->line,
              "section [%s] is unknown; write [lab], [program NAME], [module NAME], [text NAME], "
              "[given] or [forbidden]",
              r->section);
}

/* Hand libinih one line, and look at it on its way. */
static char *next_line(char *buf, int size, void *stream)
{
    struct reader *r = stream;
    size_t len = strcspn(r->at, "\n");
    const char *s = r->at + strspn(r->at, " \t\r"), *end = strchr(s, ']');

    if (!*r->at)
        return NULL;
    r->line++;
    if (len + 3 > (size_t)size) {
        wrong(r, r->line, "the line is longer than %d characters; shorten it", size - 3);
        len = (size_t)size - 3;
    }
    if (*s == '[' && end && end < r->at + len)
        open_section(r, s, end);
    memcpy(buf, r->at, len);
    buf[len] = '\n';
    buf[len + 1] = '\0';
    r->at += strcspn(r->at, "\n");
    r->at += *r->at == '\n';
    return buf;
}

static void set(struct reader *r, char **to, const char *key, const char *value)
{
    if (*to)
        wrong(r, r->line, "\"%s\" is given twice; keep one of them", key);
    else if (!*value)
        wrong(r, r->line, "\"%s\" has no value; write %s = ...", key, key);
    else
        *to = gr_xstrdup(value);
}

static void set_points(struct reader *r, const char *value)
{
    char *end;
    long n;

    errno = 0;
    n = strtol(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno || n < 1 || n > MAX_LAB_POINTS)
        wrong(r, r->line, "points = %s is not a number from 1 to %d; write points = 100", value,
              MAX_LAB_POINTS);
    else
        r->lab->points = (int)n;
}

static void lab_key(struct reader *r, const char *key, const char *value)
{
    if (strcmp(key, "slug") == 0)
        set(r, &r->lab->slug, key, value);
    else if (strcmp(key, "title") == 0)
        set(r, &r->lab->title, key, value);
    else if (strcmp(key, "points") == 0)
        set_points(r, value);
    else
        wrong(r, r->line, "[lab] has no key \"%s\"; write slug, title or points", key);
}

static bool good_file(const char *s, const char *suffixes)
{
    const char *dot = strrchr(s, '.');

    return *s != '.' && *s != '-' && dot && strlen(dot) == 2 && strchr(suffixes, dot[1]) &&
           !strchr(s, '/') && !strstr(s, "..");
}

static void add_files(struct reader *r, struct gr_names *to, const char *value,
                      const char *suffixes)
{
    char *copy = gr_xstrdup(value), *save = NULL, *s;

    for (s = strtok_r(copy, " \t\n", &save); s; s = strtok_r(NULL, " \t\n", &save)) {
        if (!good_file(s, suffixes))
            wrong(r, r->line,
                  "\"%s\" is not a plain file name; name files of the lab's folder, without / "
                  "or .., ending in .%c",
                  s, suffixes[0]);
        gr_names_add(to, s);
    }
    free(copy);
}

static void add_libs(struct reader *r, struct gr_names *to, const char *value)
{
    char *copy = gr_xstrdup(value), *save = NULL, *s;

    for (s = strtok_r(copy, " \t\n", &save); s; s = strtok_r(NULL, " \t\n", &save)) {
        if (strncmp(s, "-l", 2) != 0 && strcmp(s, "-pthread") != 0)
            wrong(r, r->line, "\"%s\" is not a library; write -lNAME or -pthread", s);
        gr_names_add(to, s);
    }
    free(copy);
}

static void text_key(struct reader *r, const char *key, const char *value)
{
    struct gr_program *p = r->program;
    size_t len = strlen(value);

    if (strcmp(key, "file") != 0) {
        wrong(r, r->line, "[text %s] has no key \"%s\"; write file = NAME.txt", p->name, key);
    } else if (len < 5 || strcmp(value + len - 4, ".txt") != 0 || *value == '.' || *value == '-' ||
               strpbrk(value, "/ \t")) {
        wrong(r, r->line, "file = %s is not a plain .txt file name; write file = NAME.txt", value);
    } else if (p->sources.n > 0) {
        wrong(r, r->line, "\"file\" is given twice; keep one of them");
    } else {
        gr_names_add(&p->sources, value);
        free(p->binary);
        p->binary = gr_xstrdup(value);
    }
}

static void program_key(struct reader *r, const char *key, const char *value)
{
    struct gr_program *p = r->program;
    bool module = strcmp(r->section, "module") == 0;

    if (strcmp(key, "sources") == 0) {
        add_files(r, &p->sources, value, "ch");
    } else if (strcmp(key, "libs") == 0) {
        add_libs(r, &p->libs, value);
    } else if (module && strcmp(key, "driver") == 0) {
        set(r, &p->driver, key, value);
        if (!good_file(value, "c"))
            wrong(r, r->line, "driver = %s is not a plain .c file name; write driver = NAME.c",
                  value);
        free(p->binary);
        p->binary = gr_xstrndup(value, strcspn(value, "."));
    } else {
        wrong(r, r->line, "[%s %s] has no key \"%s\"; write sources%s or libs", r->section, p->name,
              key, module ? ", driver" : "");
    }
}

static void forbid(struct reader *r, const char *call, const char *reason)
{
    struct gr_lab *lab = r->lab;

    if (!*reason) {
        wrong(r, r->line, "%s has no reason; write %s = what to do instead", call, call);
        return;
    }
    lab->forbidden = gr_xrealloc(lab->forbidden, lab->nforbidden + 1, sizeof(*lab->forbidden));
    lab->forbidden[lab->nforbidden].call = gr_xstrdup(call);
    lab->forbidden[lab->nforbidden++].reason = gr_xstrdup(reason);
}

static int on_key(void *user, const char *section, const char *key, const char *value)
{
    struct reader *r = user;

    (void)section; /* libinih cuts long names; ours is whole */
    if (r->err)
        return 1;
    if (r->program && r->program->text)
        text_key(r, key, value);
    else if (r->program)
        program_key(r, key, value);
    else if (strcmp(r->section, "lab") == 0)
        lab_key(r, key, value);
    else if (strcmp(r->section, "forbidden") == 0)
        forbid(r, key, value);
    else if (strcmp(r->section, "given") != 0)
        wrong(r, r->line, "\"%s\" stands before any section; begin the file with [lab]", key);
    else if (strcmp(key, "headers") == 0)
        add_files(r, &r->lab->headers, value, "h");
    else
        wrong(r, r->line, "[given] has no key \"%s\"; write headers = a.h b.h", key);
    return 1;
}

static void check_binaries(struct reader *r, size_t i)
{
    const struct gr_program *p = &r->lab->programs[i];

    for (size_t k = 0; k < i; k++)
        if (strcmp(r->lab->programs[k].binary, p->binary) == 0)
            wrong(r, p->line, "\"%s\" makes the binary %s, as \"%s\" of line %d does; rename one",
                  p->name, p->binary, r->lab->programs[k].name, r->lab->programs[k].line);
}

static void check_program(struct reader *r, const struct gr_program *p)
{
    bool c_file = p->text && p->sources.n > 0;

    for (size_t i = 0; i < p->sources.n; i++)
        c_file |= strchr(p->sources.v[i], '\0')[-1] == 'c';
    if (!c_file)
        wrong(r, p->line, "\"%s\" has no %s; add the line %s = %s.%s", p->name,
              p->text ? "file" : "sources", p->text ? "file" : "sources", p->name,
              p->text ? "txt" : "c");
}

static void check_whole(struct reader *r)
{
    const struct gr_lab *lab = r->lab;

    if (!lab->slug)
        wrong(r, r->line, "the lab has no slug; add slug = 01-topic to [lab]");
    if (!lab->title)
        wrong(r, r->line, "the lab has no title; add title = Topic to [lab]");
    if (!lab->points)
        wrong(r, r->line, "the lab has no points; add points = 100 to [lab]");
    if (lab->nprograms == 0)
        wrong(r, r->line, "the lab has no program; add [program NAME] with sources = NAME.c");
    for (size_t i = 0; i < lab->nprograms; i++) {
        check_program(r, &lab->programs[i]);
        check_binaries(r, i);
    }
}

/* The folder is the name everything else goes by; another slug inside would split the lab. */
static void check_slug(struct reader *r)
{
    const char *end = strrchr(r->path, '/'), *start = end;

    while (start && start > r->path && start[-1] != '/')
        start--;
    if (!end || !r->lab->slug || strcmp(end, "/lab.ini") != 0)
        return;
    if (strlen(r->lab->slug) != (size_t)(end - start) ||
        strncmp(r->lab->slug, start, (size_t)(end - start)) != 0)
        wrong(r, 1, "slug = %s is not the name of the folder; write slug = %.*s", r->lab->slug,
              (int)(end - start), start);
}

int gr_lab_load(struct gr_lab *lab, const char *path, char **err)
{
    int fd = gr_file_open_regular(AT_FDCWD, path, MAX_INI), bad_line;
    struct reader r = {.path = path, .lab = lab};
    char *text = NULL;
    size_t len;

    memset(lab, 0, sizeof(*lab));
    if (fd != -1)
        text = gr_file_read(fd, MAX_INI, &len);
    if (!text) {
        *err = gr_xasprintf("%s: cannot read it: %s", path, strerror(errno));
        if (fd != -1)
            close(fd);
        return -1;
    }
    close(fd);
    r.at = text;
    bad_line = ini_parse_stream(next_line, &r, on_key, &r);
    if (bad_line > 0)
        wrong(&r, bad_line, "neither [section] nor key = value; start comments with ;");
    check_whole(&r);
    check_slug(&r);
    free(text);
    *err = r.err;
    if (r.err)
        gr_lab_release(lab);
    return r.err ? -1 : 0;
}
