/* SPDX-License-Identifier: MIT */
/**
 * Wrong: sends a struct with the padding after its first member never set.
 */
#include <unistd.h>

struct record {
    char tag;
    int value;
};

int main(void)
{
    struct record r;
    int p[2];

    if (pipe(p) == -1)
        return 1;
    r.tag = 'x';
    r.value = 7;
    ssize_t n = write(p[1], &r, sizeof(r));
    close(p[0]);
    close(p[1]);
    return n != (ssize_t)sizeof(r);
}
