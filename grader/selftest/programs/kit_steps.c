/* SPDX-License-Identifier: MIT */
/**
 * Says where it is, by the kit.h that students get.
 *   room   two children enter a room for one, the lower number first if nobody is held
 *   open   the same with nothing at the door
 *   points passes point `three` three times and prints how often
 *   forge  calls a hook with a name that holds a line of the log
 *   errno  says whether a hook left errno as it was
 *   mutex  makes a mutex and prints what pthread_mutex_init() returned
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../labs/04-semaphores/kit.h"
#include "modes.h"

static sem_t *door;

static void visit(int i)
{
    kit_want("room", i);
    if (door)
        MUST(sem_wait(door));
    kit_enter("room", i);
    dprintf(1, "in %d\n", i);
    kit_leave("room", i);
    if (door)
        MUST(sem_post(door));
    _exit(0);
}

static void two_visits(void)
{
    for (int i = 0; i < 2; i++) {
        pid_t pid = fork();

        MUST(pid);
        if (pid == 0)
            visit(i);
    }
    MUST(wait(NULL));
    MUST(wait(NULL));
}

static void room(void)
{
    void *m = mmap(NULL, sizeof *door, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (m == MAP_FAILED)
        exit(3);
    door = m;
    MUST(sem_init(door, 1, 1));
    two_visits();
}

static void points(void)
{
    for (int i = 1; i <= 4; i++) {
        dprintf(1, "%d\n", i);
        kit_point("three");
    }
}

static void forge(void)
{
    kit_enter("a b\n1 1 @stop at:enter.x", 7);
    kit_point("");
    kit_point("a-name-that-is-much-longer-than-any-name-of-ours-should-be");
    puts("done");
}

static void keep_errno(void)
{
    errno = EDOM;
    kit_enter("room", 1);
    puts(errno == EDOM ? "kept" : "lost");
}

/* One that would be in use before it is made if somebody were let in too early. */
static void make_mutex(void)
{
    pthread_mutex_t m;

    printf("%d\n", pthread_mutex_init(&m, NULL));
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {{"room", room},       {"mutex", make_mutex},
                                        {"open", two_visits}, {"points", points},
                                        {"forge", forge},     {"errno", keep_errno}};

    return RUN_MODE(modes);
}
