/* SPDX-License-Identifier: MIT */
/**
 * A place to run scenes in for tests of jail, warden, scenes and judging, and the proof that a
 * scene left nothing behind.
 *
 *  1. world_make() once, before Check forks: a kit, a work folder, and, as root, IPC and /dev/shm
 *     that are this test's alone.
 *  2. In each test host_look() before and host_same() after: processes, IPC objects, files.
 */
#ifndef SCENE_UTIL_H
#define SCENE_UTIL_H

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_scene.h"

/* Gradings take the slots from 0. How many processes, and how much in message queues, a user may
 * have is counted over all that runs under that user, and tests run side by side: the one that
 * counts queues and the one with a fork bomb have users of their own. */
enum { TEST_SLOT = 16, QUEUE_SLOT = 17, JUDGE_SLOT = 18, LOOK_MAX = 16384 };

struct world {
    char top[128]; /* holds kit/, work/ and work-tmp/ */
    char kit[160], bin[4096], work[160];
    char why[200]; /* why there is no bwrap here; "" = there is */
    pid_t owner;
    int slot; /* of its scenes: TEST_SLOT, or what a test chose before world_make() */
};

static struct world world;

/** Run @cmd by the shell. Return: 0, or -1. */
static inline int run_shell(const char *cmd)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
        _exit(127);
    }
    while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
        ;
    return status == 0 ? 0 : -1;
}

static inline void world_remove(void)
{
    char cmd[256];

    if (getpid() != world.owner || world.top[0] == '\0')
        return;
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", world.top);
    if (run_shell(cmd) != 0)
        fprintf(stderr, "%s: not removed\n", world.top);
}

/* As root: what the backend `none` litters stays ours alone, and POSIX queues can be seen. */
static inline void world_own_ipc(void)
{
    if (geteuid() != 0 || unshare(CLONE_NEWIPC | CLONE_NEWNS) == -1 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
        return;
    if ((mkdir("/dev/mqueue", 01777) == -1 && errno != EEXIST) ||
        mount("mqueue", "/dev/mqueue", "mqueue", 0, NULL) == -1 ||
        mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777") == -1)
        perror("/dev/mqueue, /dev/shm");
}

/** Make the place; from the top of the tree. Ends the program if it cannot. */
static inline void world_make(void)
{
    char cmd[1024], cwd[2048];

    world.owner = getpid();
    if (world.slot == 0)
        world.slot = TEST_SLOT;
    snprintf(world.top, sizeof world.top, "/tmp/ipclab-selftest-XXXXXX");
    if (!getcwd(cwd, sizeof cwd) || !mkdtemp(world.top) || atexit(world_remove) != 0) {
        perror("a place for the test");
        exit(EXIT_FAILURE);
    }
    snprintf(world.kit, sizeof world.kit, "%s/kit", world.top);
    snprintf(world.work, sizeof world.work, "%s/work", world.top);
    snprintf(world.bin, sizeof world.bin, "%s/build/selftest/programs", cwd);
    snprintf(cmd, sizeof cmd,
             "d='%s'; mkdir $d/kit $d/work $d/work-tmp && chmod 755 $d $d/kit && "
             "chmod 777 $d/work $d/work-tmp && "
             "cp build/bin/gr-warden build/tools/fdprobe build/tools/gr_inject.so "
             "grader/lib/ipclab.supp $d/kit && if [ -x build/bin/ipcgrind ]; then mkdir "
             "$d/kit/ipcgrind && cp build/bin/ipcgrind build/lib/ipcgrind/* $d/kit/ipcgrind; fi",
             world.top);
    if (run_shell(cmd) != 0)
        exit(EXIT_FAILURE);
    world_own_ipc();
    if (gr_jail_probe(world.why, sizeof world.why))
        world.why[0] = '\0';
    else
        fprintf(stderr, "backend bwrap is not tested: %s\n", world.why);
}

static inline struct gr_place world_place(enum gr_backend backend)
{
    return (struct gr_place){.backend = backend,
                             .bin_dir = world.bin,
                             .kit_dir = world.kit,
                             .work_dir = world.work,
                             .slot = world.slot,
                             .time_scale = 1.0};
}

/** What the machine holds that a jail could have left. */
struct host {
    char text[LOOK_MAX];
    size_t len;
};

static inline void host_add(struct host *h, const char *s)
{
    h->len += (size_t)snprintf(h->text + h->len, sizeof h->text - h->len, "%s\n", s);
    ck_assert_uint_lt(h->len, sizeof h->text - 300);
}

static inline void host_add_dir(struct host *h, const char *path)
{
    struct dirent **e = NULL;
    int n = scandir(path, &e, NULL, alphasort);

    host_add(h, path);
    for (int i = 0; i < n; i++) {
        host_add(h, e[i]->d_name);
        free(e[i]);
    }
    free(e);
}

/* The numbers that change without anybody leaving anything are left out: only key, id and so on. */
static inline void host_add_sysv(struct host *h, const char *name)
{
    char path[64], line[512];
    FILE *f;

    snprintf(path, sizeof path, "/proc/sysvipc/%s", name);
    f = fopen(path, "re");
    host_add(h, path);
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        line[22] = '\0'; /* key and id */
        host_add(h, line);
    }
    if (f)
        fclose(f);
}

/** Remember the machine; this process becomes the one that inherits what escapes. */
static inline void host_look(struct host *h)
{
    static const char *const sysv[] = {"msg", "sem", "shm"};
    char tmp[200];

    h->len = 0;
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    for (size_t i = 0; i < 3; i++)
        host_add_sysv(h, sysv[i]);
    host_add_dir(h, "/dev/shm");
    host_add_dir(h, "/dev/mqueue");
    host_add_dir(h, "/proc/self/fd");
    snprintf(tmp, sizeof tmp, "%s-tmp", world.work);
    host_add_dir(h, tmp);
}

/** Fail if anything is there that was not before: a process, an object, a descriptor, a file. */
static inline void host_same(const struct host *before, const char *what)
{
    static struct host after;
    int64_t deadline = gr_now_ms() + 10000;
    int status;
    pid_t left;

    /* What was killed needs the processor once more before it is gone. */
    while ((left = waitpid(-1, &status, WNOHANG)) != -1 && gr_now_ms() < deadline)
        poll(NULL, 0, 1);
    ck_assert_msg(left == -1 && errno == ECHILD, "%s: process %d is left over", what, (int)left);
    host_look(&after);
    ck_assert_msg(strcmp(before->text, after.text) == 0, "%s: before:\n%s\nafter:\n%s", what,
                  before->text, after.text);
}

/** Empty the work folder of the backend `none`, as the grader does between two items. */
static inline void world_clean(void)
{
    char cmd[600];

    snprintf(cmd, sizeof cmd, "find '%s' '%s-tmp' -mindepth 1 -delete", world.work, world.work);
    ck_assert_int_eq(run_shell(cmd), 0);
}

static inline int world_run(Suite *s)
{
    SRunner *sr = srunner_create(s);
    int failed, ran;

    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    ran = srunner_ntests_run(sr);
    srunner_free(sr);
    return failed == 0 && ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
