/* SPDX-License-Identifier: MIT */
/* hunt_1 that sends only as many bytes as the word has, and its end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TO_CHILD = 1, TO_PARENT = 2 };

struct word {
    long mtype;
    char text[32];
};

static int fail(const char *call)
{
    perror(call);
    return -1;
}

static void turn_round(char *text)
{
    for (size_t i = 0, n = strlen(text); i < n / 2; i++) {
        char c = text[i];

        text[i] = text[n - 1 - i];
        text[n - 1 - i] = c;
    }
}

static int send_word(int queue, struct word *w, long type)
{
    w->mtype = type;
    if (msgsnd(queue, w, strlen(w->text) + 1, 0) == -1)
        return fail("hunt_1: msgsnd");
    return 0;
}

static int take_word(int queue, struct word *w, long type)
{
    if (msgrcv(queue, w, sizeof w->text, type, 0) == -1)
        return fail("hunt_1: msgrcv");
    return 0;
}

/* An empty word is the end. */
static int be_child(int queue, struct word *w)
{
    while (take_word(queue, w, TO_CHILD) == 0 && w->text[0] != '\0') {
        turn_round(w->text);
        if (send_word(queue, w, TO_PARENT) == -1)
            return 1;
    }
    return 0;
}

static int be_parent(int queue, struct word *w, char **words)
{
    for (; *words != NULL; words++) {
        memset(w->text, 0, sizeof w->text);
        snprintf(w->text, sizeof w->text, "%.30s", *words);
        if (send_word(queue, w, TO_CHILD) == -1 || take_word(queue, w, TO_PARENT) == -1)
            return 1;
        printf("%s %zu\n", w->text, strlen(w->text));
    }
    memset(w->text, 0, sizeof w->text);
    return send_word(queue, w, TO_CHILD) == -1;
}

int main(int argc, char *argv[])
{
    struct word *w;
    int queue, status, failed;
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "usage: hunt_1 WORD..\n");
        return 2;
    }
    w = calloc(1, sizeof *w);
    queue = msgget(IPC_PRIVATE, 0600);
    if (w == NULL || queue == -1 || (pid = fork()) == -1) {
        perror("hunt_1");
        free(w);
        return 1;
    }
    if (pid == 0)
        _exit(be_child(queue, w));
    failed = be_parent(queue, w, argv + 1);
    if (waitpid(pid, &status, 0) == -1 || status != 0)
        failed = 1;
    if (msgctl(queue, IPC_RMID, NULL) == -1)
        failed = 1;
    free(w);
    return failed;
}
