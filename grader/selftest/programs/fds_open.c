/* SPDX-License-Identifier: MIT */
/**
 * Opens descriptors and leaves them open: legal, and nothing the warden may stumble over.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int n = 0;

    while (open("/dev/null", O_RDONLY) != -1)
        n++;
    printf("%d\n", n);
    return 0;
}
