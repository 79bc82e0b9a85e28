/* SPDX-License-Identifier: MIT */
/* predict_05 P1..P5: the experiments of lab 05: see predict.h. */
#include "predict.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

/* A new segment; its name stays until shm_unlink(). */
static int segment(char name[64])
{
    int fd;

    snprintf(name, 64, "/predict-05-%d", (int)getpid());
    fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd == -1)
        die("shm_open");
    return fd;
}

static int *map(int fd, int flags)
{
    int *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

    if (p == MAP_FAILED)
        die("mmap");
    return p;
}

/* A process that does `(*counter)++` in its steps, each when it gets a word. */
struct stepper {
    pid_t pid;
    int go, done;
};

static struct stepper start_stepper(volatile int *counter)
{
    int go[2], done[2], value;
    struct stepper s;
    char c = 0;

    make_pipe(go);
    make_pipe(done);
    s.pid = split();
    if (s.pid == 0) {
        if (read(go[0], &c, 1) != 1)
            _exit(1);
        value = *counter;
        if (write(done[1], &c, 1) != 1 || read(go[0], &c, 1) != 1)
            _exit(1);
        *counter = value + 1;
        _exit(write(done[1], &c, 1) != 1);
    }
    close(go[0]);
    close(done[1]);
    s.go = go[1];
    s.done = done[0];
    return s;
}

static void step(const struct stepper *s)
{
    char c = 0;

    if (write(s->go, &c, 1) != 1 || read(s->done, &c, 1) != 1)
        die("step");
}

static void p1(void)
{
    volatile int *counter = map(-1, MAP_SHARED | MAP_ANONYMOUS);
    struct stepper a, b;

    *counter = 7;
    a = start_stepper(counter);
    b = start_stepper(counter);
    step(&a);
    step(&b);
    step(&a);
    step(&b);
    end_of(a.pid);
    end_of(b.pid);
    printf("05.P1 = %d\n", *counter);
    printf("because = both had loaded the same number before either stored: one update is lost\n");
}

static void p2(void)
{
    char name[64];
    int fd = segment(name), status;
    volatile int *p = map(fd, MAP_SHARED);
    pid_t pid;

    shm_unlink(name);
    pid = split();
    if (pid == 0) {
        signal(SIGBUS, SIG_DFL);
        signal(SIGSEGV, SIG_DFL);
        *p = 1;
        _exit(0);
    }
    status = end_of(pid);
    if (!WIFSIGNALED(status))
        die("no signal came");
    printf("05.P2 = SIG%s %d %s\n", sigabbrev_np(WTERMSIG(status)), WTERMSIG(status),
           sigabbrev_np(WTERMSIG(status)));
    printf("because = a new segment has no bytes until ftruncate; the address is mapped, but there "
           "is nothing behind it\n");
}

static void p3(void)
{
    char name[64];
    int fd = segment(name);
    volatile int *shared, *own;

    shm_unlink(name);
    if (ftruncate(fd, PAGE) == -1)
        die("ftruncate");
    shared = map(fd, MAP_SHARED);
    *shared = 1;
    own = map(fd, MAP_PRIVATE);
    if (split() == 0) {
        *own = 5;
        _exit(*own != 5);
    }
    if (end_of(-1) != 0)
        die("the writer");
    printf("05.P3 = %d\n", *shared);
    printf("because = the first store through a MAP_PRIVATE mapping copies the page, and goes into "
           "the copy\n");
}

static void p4(void)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)map(-1, MAP_SHARED | MAP_ANONYMOUS);
    pthread_mutexattr_t attr;
    int error;

    if (pthread_mutexattr_init(&attr) || pthread_mutexattr_setpshared(&attr, 1) ||
        pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) || pthread_mutex_init(lock, &attr))
        die("pthread_mutex_init");
    if (split() == 0) {
        if (pthread_mutex_lock(lock) == 0)
            raise(SIGKILL);
        _exit(1);
    }
    end_of(-1);
    if (pthread_mutex_lock(lock) != EOWNERDEAD || pthread_mutex_unlock(lock) != 0)
        die("the dead owner was not noticed");
    error = pthread_mutex_lock(lock);
    printf("05.P4 = %s %d\n", error == 0 ? "0" : strerrorname_np(error), error);
    printf("because = who gets EOWNERDEAD must repair the data and say so with "
           "pthread_mutex_consistent; unlocked without it, the mutex is lost for good\n");
}

static void p5(void)
{
    char name[64];
    int fd = segment(name);
    volatile int *p;
    pid_t pid;

    if (ftruncate(fd, PAGE) == -1)
        die("ftruncate");
    p = map(fd, MAP_SHARED);
    close(fd);
    *p = 7;
    pid = split();
    if (pid == 0)
        _exit(shm_unlink(name) == -1);
    if (end_of(pid) != 0)
        die("shm_unlink");
    printf("05.P5 = %d\n", *p);
    printf("because = shm_unlink takes away the name; the memory goes when nobody has it mapped or "
           "open any more\n");
}

int main(int argc, char **argv)
{
    static void (*const experiments[])(void) = {p1, p2, p3, p4, p5};

    return predict_main(argc, argv, experiments);
}
