/* SPDX-License-Identifier: MIT */
/**
 * Wrong: a child that is this program again, by exec, loses a block. The parent does not.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void lose(void)
{
    char *p = malloc(100);

    p[0] = 'x';
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        lose();
        return 0;
    }
    pid_t pid = fork();
    if (pid == 0) {
        execl(argv[0], argv[0], "child", (char *)NULL);
        _exit(127);
    }
    return pid == -1 || wait(NULL) == -1;
}
