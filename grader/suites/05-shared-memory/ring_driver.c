/* SPDX-License-Identifier: MIT */
/*
 * ring_driver: calls a student's ring.c and prints what happened. It decides nothing: the suite
 * compares the lines with what it expects.
 *
 * Usage: ring_driver [--sigusr1] [--heap] make NAME SIZE START
 *        ring_driver [--sigusr1] open NAME
 *
 * `make` makes the segment NAME (`-`: memory of its own), calls ring_init() and prints `READY`, or
 * `init R ERRNO memory M`, M being `changed` or `as before`. `open` maps NAME and prints `READY`.
 * With the name `-` there is a second ring of another size, made later, through which a record has
 * gone. Behind the ring lies a page that may not be touched; with --heap it comes from malloc, for
 * Memcheck. Then each line of standard input is one call, and its result one line:
 *
 *   push LEN SEED      a record of LEN bytes made from SEED: `push R ERRNO data ok`, or `data
 *                      changed` if the caller's buffer was
 *   pop CAP            `pop R ERRNO crc CRC canary ok`; CRC of the R bytes
 *   huge               push of UINT32_MAX - 2 bytes: `huge R ERRNO`
 *   state              `state T H L`: the indices, and the oldest record's length as data[] holds
 * it close              `close` say WORD           `WORD`: what follows is next pushes N SEED MAX
 * N records of 0 to MAX bytes: `pushes N ERRNO crc CRC`, N = how many went in pops N MAX         N
 * records, or until one fails: `pops N ERRNO crc CRC`
 *
 * ERRNO is its name, `-` after a success. CRC is the CRC-32 of each record's length (four bytes)
 * and contents, one after the other (for pop: of the contents). With --sigusr1 a handler without
 * SA_RESTART is installed for SIGUSR1. Exit: 0 all done; 2 usage; 3 the driver failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ring.h"

enum { ALIGN = 16, CANARY = 32, CANARY_BYTE = 0xA5, MAX_RECORD = RING_MAX };

static unsigned char *buffer; /* CANARY, MAX_RECORD bytes, CANARY */

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "ring_driver: %s: %s\n", what, strerror(errno));
    _exit(3);
}

static void on_sigusr1(int sig)
{
    (void)sig;
}

static uint32_t crc32_add(uint32_t crc, const unsigned char *p, size_t len)
{
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void fill(unsigned char *p, size_t len, uint32_t *seed)
{
    for (size_t i = 0; i < len; i++)
        p[i] = (unsigned char)next_random(seed);
}

static const char *error_name(bool failed)
{
    const char *name = failed ? strerrorname_np(errno) : "-";

    return name ? name : "0";
}

/* Bytes for a ring of @size that end where a page ends that nobody may touch. */
static struct ring *own_memory(size_t len, bool heap)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (len + page - 1) / page * page;
    char *p;

    if (heap) {
        p = malloc(len);
        if (!p)
            die("malloc");
        return (struct ring *)p;
    }
    p = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || mprotect(p + whole, page, PROT_NONE) == -1)
        die("mmap");
    memset(p, CANARY_BYTE, whole);
    return (struct ring *)(p + whole - len);
}

/* Behind the ring: what puts ring_init() before all that `open` does, as far as the race lens can
 * see; the suite's waiting for READY is out of its sight. */
static _Atomic uint32_t *made;

static struct ring *segment(const char *name, size_t len)
{
    int fd = shm_open(name, len ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
    struct stat st;
    char *p;

    if (fd == -1 || (len && ftruncate(fd, (off_t)(len + ALIGN)) == -1) || fstat(fd, &st) == -1)
        die(name);
    p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED || close(fd) == -1)
        die("mmap");
    made = (_Atomic uint32_t *)(void *)(p + st.st_size - ALIGN);
    if (!len && atomic_load_explicit(made, memory_order_acquire) != 1)
        die("opened before it was made");
    return (struct ring *)(void *)p;
}

static void push(struct ring *r, uint32_t len, uint32_t seed)
{
    unsigned char *data = buffer + CANARY;
    uint32_t before;
    int rc;

    fill(data, len, &seed);
    before = crc32_add(0, data, len);
    errno = 0;
    rc = ring_push(r, len ? data : NULL, len);
    printf("push %d %s data %s\n", rc, error_name(rc == -1),
           crc32_add(0, data, len) == before ? "ok" : "changed");
}

static void pop(struct ring *r, size_t cap)
{
    unsigned char *data = buffer + CANARY;
    bool whole = true;
    ssize_t rc;

    memset(buffer, CANARY_BYTE, cap + (size_t)2 * CANARY);
    errno = 0;
    rc = ring_pop(r, data, cap);
    /* Nothing before the buffer, and nothing behind the record, may have changed. A pop that fails
     * may use the buffer as it likes. */
    for (size_t i = 0; i < CANARY; i++)
        whole = whole && buffer[i] == CANARY_BYTE && data[cap + i] == CANARY_BYTE;
    for (size_t i = rc >= 0 ? (size_t)rc : cap; i < cap; i++)
        whole = whole && data[i] == CANARY_BYTE;
    printf("pop %zd %s crc %08x canary %s\n", rc, error_name(rc == -1),
           crc32_add(0, data, rc > 0 && (size_t)rc <= cap ? (size_t)rc : 0),
           whole ? "ok" : "changed");
}

static void state(const struct ring *r)
{
    uint32_t tail = atomic_load(&r->tail), head = atomic_load(&r->head), len = 0;

    for (uint32_t i = 0; tail != head && i < sizeof len; i++)
        ((unsigned char *)&len)[i] = r->data[(head + i) % r->size];
    printf("state %u %u %u\n", tail, head, len);
}

/* Refused before a byte of it is looked at. */
static void push_huge(struct ring *r)
{
    int rc;

    errno = 0;
    rc = ring_push(r, buffer, UINT32_MAX - 2);
    printf("huge %d %s\n", rc, error_name(rc == -1));
}

/* Another ring in this process: what the functions keep anywhere but in the ring is about this one
 * now. */
static void use_another(uint32_t size)
{
    static _Alignas(struct ring) unsigned char memory[RING_BYTES(32)];
    struct ring *r = (struct ring *)(void *)memory;
    char data[8];

    if (ring_init(r, size == 16 ? 32 : 16, 7) == -1 || ring_push(r, "another", 8) == -1 ||
        ring_pop(r, data, sizeof data) != 8 || strcmp(data, "another") != 0)
        puts("a second ring, of another size: ring_init, ring_push or ring_pop failed");
}

static bool untouched(const struct ring *r, size_t len)
{
    const unsigned char *p = (const unsigned char *)r;

    for (size_t i = 0; i < len; i++)
        if (p[i] != CANARY_BYTE)
            return false;
    return true;
}

static uint32_t crc_record(uint32_t crc, const unsigned char *data, uint32_t len)
{
    return crc32_add(crc32_add(crc, (const unsigned char *)&len, sizeof len), data, len);
}

static void pushes(struct ring *r, uint32_t n, uint32_t seed, uint32_t max)
{
    unsigned char *data = buffer + CANARY;
    uint32_t crc = 0, done = 0;
    int rc = 0;

    while (done < n) {
        uint32_t len = next_random(&seed) % (max + 1);

        fill(data, len, &seed);
        errno = 0;
        rc = ring_push(r, data, len);
        if (rc == -1)
            break;
        crc = crc_record(crc, data, len);
        done++;
    }
    printf("pushes %u %s crc %08x\n", done, error_name(rc == -1), crc);
}

static void pops(struct ring *r, uint32_t n, uint32_t max)
{
    unsigned char *data = buffer + CANARY;
    uint32_t crc = 0, done = 0;
    ssize_t rc = 0;

    while (done < n) {
        errno = 0;
        rc = ring_pop(r, data, max);
        if (rc < 0 || rc > (ssize_t)max)
            break;
        crc = crc_record(crc, data, (uint32_t)rc);
        done++;
    }
    printf("pops %u %s crc %08x\n", done, error_name(rc == -1), crc);
}

/* One line of standard input. */
static bool obey(struct ring *r, const char *line)
{
    uint32_t a, b, c;

    if (sscanf(line, "push %u %u", &a, &b) == 2 && a <= MAX_RECORD)
        push(r, a, b);
    else if (sscanf(line, "pop %u", &a) == 1 && a <= MAX_RECORD)
        pop(r, a);
    else if (sscanf(line, "pushes %u %u %u", &a, &b, &c) == 3 && c <= MAX_RECORD)
        pushes(r, a, b, c);
    else if (sscanf(line, "pops %u %u", &a, &b) == 2 && b <= MAX_RECORD)
        pops(r, a, b);
    else if (strncmp(line, "state", 5) == 0)
        state(r);
    else if (strncmp(line, "huge", 4) == 0)
        push_huge(r);
    else if (strncmp(line, "say ", 4) == 0)
        fputs(line + 4, stdout);
    else if (strncmp(line, "close", 5) == 0) {
        ring_close(r);
        puts("close");
    } else
        return false;
    return true;
}

static struct ring *begin(char **argv, bool heap)
{
    bool make = strcmp(argv[0], "make") == 0;
    uint32_t size = make ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    struct ring *r;
    int rc;

    if (!make)
        return segment(argv[1], 0);
    r = strcmp(argv[1], "-") == 0 ? own_memory(RING_BYTES(size), heap)
                                  : segment(argv[1], RING_BYTES(size));
    errno = 0;
    rc = ring_init(r, size, (uint32_t)strtoul(argv[3], NULL, 10));
    if (rc == 0 && made)
        atomic_store_explicit(made, 1, memory_order_release);
    if (rc == 0 && !made)
        use_another(size);
    if (rc == 0)
        return r;
    printf("init %d %s memory %s\n", rc, error_name(rc == -1),
           untouched(r, RING_BYTES(size)) ? "as before" : "changed");
    exit(0);
}

int main(int argc, char **argv)
{
    struct sigaction sa = {.sa_handler = on_sigusr1};
    char line[128];
    bool heap = false;
    struct ring *r;
    int i = 1;

    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        heap = heap || strcmp(argv[i], "--heap") == 0;
        if (strcmp(argv[i], "--sigusr1") == 0 && sigaction(SIGUSR1, &sa, NULL) == -1)
            die("sigaction");
    }
    if (!(argc - i == 4 && strcmp(argv[i], "make") == 0) &&
        !(argc - i == 2 && strcmp(argv[i], "open") == 0)) {
        fprintf(stderr, "ring_driver: see the head of ring_driver.c\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    buffer = calloc(1, MAX_RECORD + (size_t)2 * CANARY);
    if (!buffer)
        die("calloc");
    r = begin(argv + i, heap);
    puts("READY");
    while (fgets(line, sizeof line, stdin))
        if (!obey(r, line))
            die(line);
    if (heap)
        free(r);
    free(buffer);
    return 0;
}
