/* SPDX-License-Identifier: MIT */
/*
 * hunt_1 PATH N: serves N clients on the UNIX socket PATH, a thread for each.
 *
 * A client is greeted with `you are number K`, K from 1 to N in any order, each
 * number once; then it gets back what it sends, until its end. After N clients
 * the program prints `bytes B`, the number of all bytes echoed, and ends. At
 * most SLOTS clients are served at once; the others wait. N is 1 to 64.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS = 64, SLOTS = 16 };

static sem_t slots;

/* Guarded by `lock`: */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int greeted;
static long bytes;

static int send_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t put = send(fd, data, n, MSG_NOSIGNAL);

        if (put == -1)
            return -1;
        data += put;
        n -= (size_t)put;
    }
    return 0;
}

static int greet(int fd)
{
    char line[32];
    int number, n;

    pthread_mutex_lock(&lock); /* no send() in here: a client may be slow */
    number = ++greeted;
    pthread_mutex_unlock(&lock);
    n = snprintf(line, sizeof line, "you are number %d\n", number);
    return send_all(fd, line, (size_t)n);
}

static void *serve(void *arg)
{
    char buf[4096];
    ssize_t got;
    int fd = *(int *)arg;

    sem_wait(&slots); /* no signal handler here: it is never interrupted */
    if (greet(fd) == 0)
        while ((got = recv(fd, buf, sizeof buf, 0)) > 0) {
            if (send_all(fd, buf, (size_t)got) == -1)
                break;
            pthread_mutex_lock(&lock);
            bytes += got;
            pthread_mutex_unlock(&lock);
        }
    close(fd);
    sem_post(&slots);
    return NULL;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd == -1 || strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1 ||
        listen(fd, CLIENTS) == -1)
        return -1;
    return fd;
}

static int serve_clients(int lfd, int n)
{
    pthread_t threads[CLIENTS];
    int fds[CLIENTS]; /* one each: a thread looks at its own when it runs */
    int started = 0, failed = 0;

    while (started < n && !failed) {
        fds[started] = accept(lfd, NULL, NULL);
        failed = fds[started] == -1 ||
                 pthread_create(&threads[started], NULL, serve, &fds[started]);
        started += !failed;
    }
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return failed;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? atoi(argv[2]) : 0, lfd, failed;

    if (n < 1 || n > CLIENTS) {
        fprintf(stderr, "usage: hunt_1 PATH N\n");
        return 2;
    }
    if (sem_init(&slots, 0, SLOTS) == -1 || (lfd = listen_at(argv[1])) == -1) {
        perror("hunt_1: listen");
        return 1;
    }
    printf("READY\n");
    fflush(stdout);
    failed = serve_clients(lfd, n);
    close(lfd);
    unlink(argv[1]);
    sem_destroy(&slots);
    if (!failed)
        printf("bytes %ld\n", bytes);
    return failed;
}
