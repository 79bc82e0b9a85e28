/* SPDX-License-Identifier: MIT */
/* fdprobe [LABEL]: say which descriptors this program was started with, in one line on stderr:
 * `LABEL: 0 1 2`, each stray one with what it is, `5(pipe, write end)`. As a stage of a pipeline
 * it shows what the program that made the pipeline forgot to close. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HIGHEST = 1024 };

/* "pipe", "socket", or the path. */
static void describe(int fd, char *buf, size_t len)
{
    char path[64];
    ssize_t n;
    char *colon;

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    n = readlink(path, buf, len - 1);
    buf[n > 0 ? n : 0] = '\0';
    colon = strchr(buf, ':');
    if (buf[0] != '/' && colon)
        *colon = '\0'; /* "pipe:[4711]": the number says nothing to a reader */
}

int main(int argc, char **argv)
{
    static const char *const mode[] = {"read end", "write end", "read and write"};
    char line[8192], what[256];
    size_t n = (size_t)snprintf(line, sizeof line, "%.200s:", argc > 1 ? argv[1] : "fdprobe");

    for (int fd = 0; fd < HIGHEST && n < sizeof line - 400; fd++) {
        int flags = fcntl(fd, F_GETFL);

        if (flags == -1)
            continue;
        n += (size_t)snprintf(line + n, sizeof line - n, " %d", fd);
        if (fd <= 2)
            continue;
        describe(fd, what, sizeof what);
        n += (size_t)snprintf(line + n, sizeof line - n, "(%s, %s)", what, mode[flags & O_ACCMODE]);
    }
    line[n++] = '\n';
    return write(STDERR_FILENO, line, n) == (ssize_t)n ? 0 : 1;
}
