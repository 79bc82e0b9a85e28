/* SPDX-License-Identifier: MIT */
/* server_like MODE: servers, good and bad, for the helpers of gr_server.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void on_term(int sig)
{
    (void)sig;
    _exit(0);
}

/* One descriptor for each line of its input; @keep: and never closed. */
static void serve(int keep)
{
    char c;

    while (read(0, &c, 1) == 1) {
        int fd;

        if (c != '\n')
            continue;
        fd = open("/dev/null", O_RDONLY);
        if (fd != -1 && !keep)
            close(fd);
        dprintf(1, "ok\n");
    }
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";

    signal(SIGTERM, strcmp(mode, "deaf") == 0 ? SIG_IGN : on_term);
    if (strcmp(mode, "dies") == 0) {
        fprintf(stderr, "server_like: no luck\n");
        return 3;
    }
    if (strcmp(mode, "hello") == 0)
        dprintf(1, "HELLO\n");
    else if (strcmp(mode, "unflushed") == 0)
        printf("READY\n");
    else
        dprintf(1, "READY\n");
    if (strcmp(mode, "keeps") == 0 || strcmp(mode, "closes") == 0)
        serve(mode[0] == 'k');
    if (strcmp(mode, "litters") == 0 && mkfifo("litter", 0600) == -1)
        return 4;
    if (strcmp(mode, "opens") == 0) { /* mode 0666, cut by the umask */
        umask(0);
        if (mkfifo("litter", 0666) == -1)
            return 4;
    }
    for (;;)
        pause();
}
