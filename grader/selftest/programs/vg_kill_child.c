/* SPDX-License-Identifier: MIT */
/**
 * Correct: kills its child, which cannot end its part of the report.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int p[2];
    char c;
    pid_t pid;

    if (pipe(p) == -1 || (pid = fork()) == -1)
        return 1;
    if (pid == 0) {
        if (write(p[1], "r", 1) == 1)
            pause();
        _exit(1);
    }
    if (read(p[0], &c, 1) != 1 || kill(pid, SIGKILL) == -1 || waitpid(pid, NULL, 0) != pid)
        return 1;
    close(p[0]);
    close(p[1]);
    return 0;
}
