/* SPDX-License-Identifier: MIT */
/*
 * Driver for frame.c; prints what the functions did, decides nothing. Descriptor 0 is the socket.
 *
 *   frame_driver read [N]        frame_read() until it does not return 1, N times at most
 *   frame_driver write LEN.. [x] frame_write() a payload of each LEN, from the generator below
 *   options first: --fds (list open descriptors at the end), --sigusr1 (a handler without
 * SA_RESTART), --sigpipe (say at the end whether its disposition is still the default)
 *
 * read:  `frame LEN crc CRC` a frame, then `ret R errno NAME payload null|kept`, then `rest N`
 * write: `ret R errno NAME` for each
 * Byte i of a payload of LEN bytes: the top byte of x, x = x * 1664525 + 1013904223 before each,
 * x = LEN at the start. `CRC` is CRC-32 as in zlib.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "frame.h"

static void on_sigusr1(int sig)
{
    (void)sig;
}

static uint32_t crc32_of(const unsigned char *p, size_t n)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static const char *errno_name(int ret, int err)
{
    const char *name = ret == -1 ? strerrorname_np(err) : "-";

    return name ? name : "?";
}

static void say_rest(void)
{
    char chunk[4096];
    size_t total = 0;
    long n;

    while ((n = syscall(SYS_read, STDIN_FILENO, chunk, sizeof chunk)) > 0)
        total += (size_t)n;
    printf("rest %zu\n", total);
}

static void op_read(long times)
{
    int ret = 1;

    for (long i = 0; ret == 1 && i < times; i++) {
        unsigned char canary = 0, *payload = &canary;
        size_t len = SIZE_MAX;
        int err;

        errno = 0;
        ret = frame_read(STDIN_FILENO, &payload, &len);
        err = errno;
        if (ret == 1) {
            printf("frame %zu crc %08x\n", len, crc32_of(payload, len));
            free(payload);
        } else {
            printf("ret %d errno %s payload %s len %zu\n", ret, errno_name(ret, err),
                   payload == NULL ? "null" : "kept", len);
        }
    }
}

static void op_write(size_t len)
{
    unsigned char *payload = malloc(len ? len : 1);
    uint32_t x = (uint32_t)len;
    int ret, err;

    if (payload == NULL)
        exit(70);
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525u + 1013904223u;
        payload[i] = (unsigned char)(x >> 24);
    }
    errno = 0;
    ret = frame_write(STDIN_FILENO, len ? payload : NULL, len);
    err = errno;
    printf("ret %d errno %s\n", ret, errno_name(ret, err));
    free(payload);
}

static void say_fds(void)
{
    printf("fds");
    for (int fd = 0; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) != -1)
            printf(" %d", fd);
    printf("\n");
}

static void say_sigpipe(void)
{
    struct sigaction sa;
    int same = sigaction(SIGPIPE, NULL, &sa) == 0 && sa.sa_handler == SIG_DFL;

    printf("SIGPIPE %s\n", same ? "left as it was" : "changed, for the whole program");
}

int main(int argc, char *argv[])
{
    struct sigaction sa = {.sa_handler = on_sigusr1};
    int at = 1, fds = 0, sigpipe = 0;

    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        fds |= strcmp(argv[at], "--fds") == 0;
        sigpipe |= strcmp(argv[at], "--sigpipe") == 0;
        if (strcmp(argv[at], "--sigusr1") == 0 && sigaction(SIGUSR1, &sa, NULL) == -1)
            return 70;
    }
    if (at >= argc)
        return 2;
    if (strcmp(argv[at], "read") == 0) {
        op_read(at + 1 < argc ? atol(argv[at + 1]) : 1000000);
        say_rest();
    } else {
        for (at++; at < argc; at++)
            op_write((size_t)atol(argv[at]));
    }
    if (fds)
        say_fds();
    if (sigpipe)
        say_sigpipe();
    return 0;
}
