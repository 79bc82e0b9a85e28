/* SPDX-License-Identifier: MIT */
/* predict_03 P1..P5: the experiments of lab 03: see predict.h. */
#include "predict.h"

#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>

enum { REQUEST = 1024, REPLY = 16 };

static volatile sig_atomic_t handled;
static int tell = -1; /* where a handler that has run leaves a byte */

static void on_signal(int sig)
{
    (void)sig;
    handled++;
    if (tell != -1 && write(tell, "h", 1) != 1)
        _exit(1);
}

static mqd_t queue(long messages, long bytes)
{
    struct mq_attr attr = {.mq_maxmsg = messages, .mq_msgsize = bytes};
    char name[40];
    mqd_t q;

    snprintf(name, sizeof name, "/predict-%d", (int)getpid());
    q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
    if (q == (mqd_t)-1)
        die("mq_open");
    mq_unlink(name); /* it stays as long as it is open */
    return q;
}

static void send(mqd_t q, const char *text, unsigned prio)
{
    if (mq_send(q, text, strlen(text), prio) == -1)
        die("mq_send");
}

static void p1(void)
{
    mqd_t q = queue(10, 8);
    char order[5] = "", buf[8];

    send(q, "a", 1);
    send(q, "b", 5);
    send(q, "c", 5);
    send(q, "d", 0);
    for (int i = 0; i < 4; i++) {
        if (mq_receive(q, buf, sizeof buf, NULL) != 1)
            die("mq_receive");
        order[i] = buf[0];
    }
    printf("03.P1 = %s\n", order);
    printf("because = the highest number comes first, and equal ones in the order of sending\n");
}

static void p2(void)
{
    mqd_t q = queue(10, 512);
    char buf[100];

    send(q, "abc", 0);
    if (mq_receive(q, buf, sizeof buf, NULL) != -1)
        die("mq_receive did not fail");
    printf("03.P2 = %s %d\n", strerrorname_np(errno), errno);
    printf(
        "because = the buffer must have room for the longest message the queue may hold, however "
        "short this one is\n");
}

static void catch_it(int sig, int flags)
{
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = flags};

    sigemptyset(&act.sa_mask);
    if (sigaction(sig, &act, NULL) == -1)
        die("sigaction");
}

/* The notification is delivered to this very thread at the latest when its send returns. */
static void p3(void)
{
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    mqd_t q = queue(10, 8);

    catch_it(SIGUSR1, 0);
    if (mq_notify(q, &ev) == -1)
        die("mq_notify");
    send(q, "a", 0);
    send(q, "b", 0);
    send(q, "c", 0);
    printf("03.P3 = %d\n", (int)handled);
    printf("because = one comes when a message arrives in the empty queue, and the registration is "
           "then gone\n");
}

static int private_queue(void)
{
    int q = msgget(IPC_PRIVATE, 0600);

    if (q == -1)
        die("msgget");
    return q;
}

/* Prints what msgrcv() did when a handler with SA_RESTART interrupted it. */
static _Noreturn void receive(int q)
{
    struct {
        long type;
        char text[8];
    } m;
    ssize_t n;

    catch_it(SIGUSR1, SA_RESTART);
    n = msgrcv(q, &m, sizeof m.text, 1, 0);
    _exit(n == -1 && errno == EINTR ? 10 : n == -1 ? 1 : 11);
}

static void p4(void)
{
    const struct {
        long type;
        char text[8];
    } m = {1, "x"};
    int q = private_queue(), ran[2], status = 0;
    pid_t pid, ended = 0;
    char c;

    make_pipe(ran);
    tell = ran[1];
    pid = split();
    if (pid == 0)
        receive(q);
    until_in(pid, SYS_msgrcv);
    if (kill(pid, SIGUSR1) == -1 || read(ran[0], &c, 1) != 1)
        die("a signal for the receiver");
    while (ended == 0 && !waits_in(pid, SYS_msgrcv)) { /* it has failed, or begun again */
        breathe();
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended == 0 && msgsnd(q, &m, sizeof m.text, 0) == -1)
        die("msgsnd");
    if (ended == 0)
        status = end_of(pid);
    msgctl(q, IPC_RMID, NULL);
    if (!WIFEXITED(status) || WEXITSTATUS(status) < 10)
        die("msgrcv");
    printf("03.P4 = %s\n", WEXITSTATUS(status) == 10 ? "EINTR 4" : "waits");
    printf("because = the System V calls are never restarted, whatever the handler's flags are\n");
}

static int try_send(int q, long type, size_t size)
{
    static struct {
        long type;
        char text[REQUEST];
    } m;

    m.type = type;
    if (msgsnd(q, &m, size, IPC_NOWAIT) == 0)
        return 1;
    if (errno != EAGAIN)
        die("msgsnd");
    return 0;
}

/* One queue, @n clients: do they still get room for the reply when one request was taken? */
static int reply_fits(int n)
{
    static struct {
        long type;
        char text[REQUEST];
    } m;
    int q = private_queue(), sent = 0, fits;

    while (sent < n && try_send(q, 1, REQUEST))
        sent++;
    if (msgrcv(q, &m, REQUEST, 1, IPC_NOWAIT) == -1)
        die("msgrcv");
    while (sent < n && try_send(q, 1, REQUEST)) /* those that had been waiting for room */
        sent++;
    fits = try_send(q, 1000, REPLY);
    msgctl(q, IPC_RMID, NULL);
    return fits;
}

static void p5(void)
{
    int n = 1;

    while (n < 100000 && reply_fits(n))
        n++;
    printf("03.P5 = %d\n", n);
    printf("because = %d requests of 1 KiB fill the queue; when the server takes one, the next "
           "client puts its own in, and the reply finds no room. Only the server could make some, "
           "and it waits for room itself\n",
           n - 1);
}

int main(int argc, char **argv)
{
    static void (*const experiments[])(void) = {p1, p2, p3, p4, p5};

    return predict_main(argc, argv, experiments);
}
