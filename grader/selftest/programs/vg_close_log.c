/* SPDX-License-Identifier: MIT */
/**
 * Wrong: closes every descriptor, Valgrind's log among them, then misuses memory.
 */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    int *p = malloc(sizeof(*p));

    closefrom(3);
    free(p);
    *p = 1;
    return 0;
}
