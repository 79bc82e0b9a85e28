/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of one word: to store one the compiler reads the word and writes all of it back. They race
 * as C says, until a field of no width makes them two memory locations. */
#include "pair.h"

struct flags {
    unsigned mine : 3;
#ifndef RACE
    unsigned : 0;
#endif
    unsigned yours : 5;
};

int main(void)
{
    struct flags *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        p->mine = 5; /* [first] */
        _exit(0);
    }
    p->yours = 9; /* [second] */
    finish(pid);
}
