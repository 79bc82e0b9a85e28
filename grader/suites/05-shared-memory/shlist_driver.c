/* SPDX-License-Identifier: MIT */
/*
 * shlist_driver: calls a student's shlist.c and prints what happened. It decides nothing: the
 * suite compares the lines with what it expects.
 *
 * Usage: shlist_driver make NAME SIZE PLACE
 *        shlist_driver open NAME SIZE PLACE
 *
 * Both map the segment NAME of SIZE bytes twice, at two addresses that depend on PLACE (0 to 7);
 * `make` makes it first, and calls shlist_init() through the first one. All bytes of the segment
 * behind SIZE, up to the end of its page, are set to a value that must stay. Prints `READY
 * PLACES-DIFFER`, or `init R ERRNO` and `rest ok` if no byte was touched. Of a SIZE above
 * SHLIST_MAX only the beginning is there. Then each line of standard input is one call, by turns
 * through the one mapping and the other, and its result one line:
 *
 *   add TEXT       `add "TEXT": R ERRNO`; TEXT is the rest of the line
 *   remove TEXT    `remove "TEXT": R ERRNO`
 *   list           `node TEXT` for each, then `nodes N`; breaks off behind SIZE nodes: `endless`
 *   count          `nodes N`, without the nodes
 *   fill N         add `fill-0`, `fill-1`, .. until one fails, at most N: `fill K ERRNO`
 *   full           add until one fails: `full ERRNO`
 *   long N         add N texts of 27 bytes, until one fails: `long K ERRNO`
 *   stuff          add texts of 27 bytes until one fails: `stuff ERRNO list ok`, or `list damaged`
 * if it is not what was added before cycle N        N times add and remove `cycle`: `cycle K ERRNO`
 *   move PLACE     unmap both, map again at PLACE
 *   rest           `rest ok`: the bytes behind SIZE are as they were; or `rest changed`
 *
 * ERRNO is its name, `-` after a success. Exit: 0 all done; 2 usage; 3 the driver failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shlist.h"

enum { PLACES = 8, REST_BYTE = 0xA5 };
static const uintptr_t first_place = 0x400000000, place_step = 0x80000000; /* Valgrind has room */

struct area {
    int fd;
    size_t size, whole; /* asked for; in pages */
    void *at[2];
};

struct count {
    size_t n, max;
    bool print;
};

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "shlist_driver: %s: %s\n", what, strerror(errno));
    _exit(3);
}

static const char *error_name(bool failed)
{
    const char *name = failed ? strerrorname_np(errno) : "-";

    return name ? name : "0";
}

static void map(struct area *a, unsigned place)
{
    for (unsigned i = 0; i < 2; i++) {
        uintptr_t at = first_place + ((place % PLACES) * 2 + i) * place_step;

        a->at[i] = mmap((void *)at, a->whole, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_FIXED_NOREPLACE, a->fd, 0);
        if (a->at[i] == MAP_FAILED)
            die("mmap");
    }
}

static void move(struct area *a, unsigned place)
{
    for (int i = 0; i < 2; i++)
        if (munmap(a->at[i], a->whole) == -1)
            die("munmap");
    map(a, place);
}

static void visit(const char *text, void *arg)
{
    struct count *c = arg;

    if (c->n++ > c->max) {
        puts("endless");
        fflush(stdout);
        _exit(0);
    }
    if (c->print)
        printf("node %.*s\n", SHLIST_TEXT + 4, text);
}

static void list(const struct area *a, const void *at, bool print)
{
    struct count c = {.max = a->size, .print = print};

    shlist_each(at, visit, &c);
    printf("nodes %zu\n", c.n);
}

static void fill(void *at, unsigned n)
{
    char text[24];
    unsigned i;
    int rc = 0;

    for (i = 0; i < n && rc == 0; i++) {
        snprintf(text, sizeof text, "fill-%u", i);
        errno = 0;
        rc = shlist_add(at, text);
    }
    printf("fill %u %s\n", rc == 0 ? i : i - 1, error_name(rc == -1));
}

static void full(const struct area *a, void *at)
{
    int rc = 0;

    errno = 0;
    for (size_t i = 0; i <= a->size && rc == 0; i++)
        rc = shlist_add(at, "more");
    printf("full %s\n", error_name(rc == -1));
}

static int add_number(void *at, unsigned n)
{
    char text[SHLIST_TEXT];

    snprintf(text, sizeof text, "twenty-seven-bytes-%08u", n);
    errno = 0;
    return shlist_add(at, text);
}

static void add_long(void *at, unsigned n)
{
    unsigned i = 0;
    int rc = 0;

    while (i < n && (rc = add_number(at, i)) == 0)
        i++;
    printf("long %u %s\n", i, error_name(rc == -1));
}

/* Of texts in their order. */
static void mix(const char *text, void *arg)
{
    uint64_t *sum = arg;

    do
        *sum = (*sum ^ (unsigned char)*text) * 1099511628211u;
    while (*text++);
}

static void stuff(const struct area *a, void *at)
{
    uint64_t want = 1, got = 1;
    unsigned n = 0;
    int rc = 0;

    shlist_each(at, mix, &want);
    for (; n <= a->size && (rc = add_number(at, n)) == 0; n++) {
        char text[SHLIST_TEXT];

        snprintf(text, sizeof text, "twenty-seven-bytes-%08u", n);
        mix(text, &want);
    }
    rc = rc == -1 ? errno : 0;
    shlist_each(at, mix, &got);
    errno = rc;
    printf("stuff %s list %s\n", error_name(rc != 0), got == want ? "ok" : "damaged");
}

static void cycle(const struct area *a, unsigned n)
{
    int rc = 0;
    unsigned i;

    for (i = 0; i < n && rc == 0; i++) {
        errno = 0;
        rc = shlist_add(a->at[i % 2], "cycle");
        if (rc == 0)
            rc = shlist_remove(a->at[(i + 1) % 2], "cycle");
    }
    printf("cycle %u %s\n", rc == 0 ? i : i - 1, error_name(rc == -1));
}

static void rest(const struct area *a)
{
    const unsigned char *p = a->at[0];
    bool same = true;

    for (size_t i = a->size; i < a->whole; i++)
        same = same && p[i] == REST_BYTE;
    printf("rest %s\n", same ? "ok" : "changed");
}

/* Out of memory that ends with it, so that Valgrind sees who reads on. */
static void change(void *at, const char *verb, int (*call)(void *, const char *), const char *text)
{
    char *copy = strdup(text);
    int rc;

    if (!copy)
        die("strdup");
    errno = 0;
    rc = call(at, copy);
    printf("%s \"%s\": %d %s\n", verb, text, rc, error_name(rc == -1));
    free(copy);
}

static bool obey(struct area *a, void *at, char *line)
{
    unsigned n;

    line[strcspn(line, "\n")] = '\0';
    errno = 0;
    if (strncmp(line, "add ", 4) == 0)
        change(at, "add", shlist_add, line + 4);
    else if (strncmp(line, "remove ", 7) == 0)
        change(at, "remove", shlist_remove, line + 7);
    else if (strcmp(line, "list") == 0 || strcmp(line, "count") == 0)
        list(a, at, *line == 'l');
    else if (sscanf(line, "fill %u", &n) == 1)
        fill(at, n);
    else if (strcmp(line, "full") == 0)
        full(a, at);
    else if (sscanf(line, "long %u", &n) == 1)
        add_long(at, n);
    else if (strcmp(line, "stuff") == 0)
        stuff(a, at);
    else if (sscanf(line, "cycle %u", &n) == 1)
        cycle(a, n);
    else if (sscanf(line, "move %u", &n) == 1)
        move(a, n);
    else if (strcmp(line, "rest") == 0)
        rest(a);
    else
        return false;
    return true;
}

static void begin(struct area *a, const char *name, bool make, unsigned place)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int rc;

    a->whole = (a->size + page - 1) / page * page;
    if (a->size > SHLIST_MAX)
        a->whole = 16 * page;
    a->fd = shm_open(name, make ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
    if (a->fd == -1 || (make && ftruncate(a->fd, (off_t)a->whole) == -1))
        die(name);
    map(a, place);
    if (!make)
        return;
    memset(a->at[0], REST_BYTE, a->whole);
    errno = 0;
    rc = shlist_init(a->at[0], a->size);
    if (rc == 0)
        return;
    printf("init %d %s\n", rc, error_name(rc == -1));
    a->size = 0;
    rest(a);
    exit(0);
}

int main(int argc, char **argv)
{
    struct area a;
    char line[256];

    if (argc != 5 || (strcmp(argv[1], "make") != 0 && strcmp(argv[1], "open") != 0)) {
        fprintf(stderr, "shlist_driver: see the head of shlist_driver.c\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    a.size = strtoul(argv[3], NULL, 10);
    begin(&a, argv[2], *argv[1] == 'm', (unsigned)strtoul(argv[4], NULL, 10));
    printf("READY %s\n", a.at[0] != a.at[1] ? "differ" : "same");
    for (unsigned i = 0; fgets(line, sizeof line, stdin); i++)
        if (!obey(&a, a.at[i % 2], line))
            die(line);
    return 0;
}
