/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two processes count in one shared page and nothing orders them. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    pid_t pid = fork();
    for (int i = 0; i < 1000; i++)
        (*p)++;
    if (pid == 0)
        _exit(0);
    return wait(NULL) == pid ? 0 : 2;
}
