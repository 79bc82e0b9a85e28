/* SPDX-License-Identifier: MIT */
/* Scenes side by side, and a busy machine on request. */
#include "hang_util.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_LOAD = 32, FIRST_SLOT = 19, SLOTS = 5 }; /* behind those of scene_util.h */

static struct gr_place place;
static char bin_dir[4096], kit_dir[4096];
static pid_t load[MAX_LOAD];
static int nload;

static bool put_into_kit(const char *from, const char *to)
{
    unlink(to);
    if (link(from, to) == -1) {
        fprintf(stderr, "%s -> %s: %s\n", from, to, strerror(errno));
        return false;
    }
    return true;
}

/* The race lens, where it was built (grader/ipcgrind/build.mk). */
static bool put_ipcgrind(void)
{
    static const char from[] = "build/lib/ipcgrind", to[] = "build/selftest/kit/ipcgrind";
    char a[512], b[512];
    struct dirent *e;
    bool ok = true;
    DIR *d = opendir(from);

    if (!d)
        return true;
    mkdir(to, 0755);
    while (ok && (e = readdir(d))) {
        snprintf(a, sizeof a, "%s/%s", from, e->d_name);
        snprintf(b, sizeof b, "%s/%s", to, e->d_name);
        ok = e->d_name[0] == '.' || put_into_kit(a, b);
    }
    closedir(d);
    return ok && put_into_kit("build/bin/ipcgrind", "build/selftest/kit/ipcgrind/ipcgrind");
}

static void start_load(int n)
{
    for (nload = 0; nload < n && nload < MAX_LOAD; nload++) {
        load[nload] = fork();
        if (load[nload] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                ;
        }
    }
}

static bool setup(void)
{
    const char *want = getenv("GR_TEST_LOAD");
    char why[256];

    if (!gr_jail_probe(why, sizeof why)) {
        printf("no jail can be made here: %s\n", why);
        return false;
    }
    mkdir("build/selftest/kit", 0755);
    if (!put_into_kit("build/bin/gr-warden", "build/selftest/kit/gr-warden") ||
        !put_into_kit("grader/lib/ipclab.supp", "build/selftest/kit/ipclab.supp") ||
        !put_ipcgrind() || !realpath("build/selftest/programs", bin_dir) ||
        !realpath("build/selftest/kit", kit_dir))
        exit(EXIT_FAILURE);
    place = (struct gr_place){
        .backend = GR_JAIL_BWRAP, .bin_dir = bin_dir, .kit_dir = kit_dir, .time_scale = 1};
    start_load(want ? atoi(want) : 0);
    return true;
}

static void teardown(void)
{
    for (int i = 0; i < nload; i++)
        if (load[i] > 0 && kill(load[i], SIGKILL) == 0)
            waitpid(load[i], NULL, 0);
}

const struct gr_place *hang_place(void)
{
    return &place;
}

/* Each row has a process: a scene blocks in its waits. Return: 1 if the row that ended failed. */
static int collect(void)
{
    int status;

    while (waitpid(-1, &status, 0) == -1)
        if (errno != EINTR)
            return 0;
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int hang_run_all(bool (*one)(size_t row), size_t n, int at_once)
{
    int failed = 0, running = 0;

    fflush(NULL);
    for (size_t i = 0; i < n; i++) {
        pid_t pid;

        if (running == at_once) {
            failed += collect();
            running--;
        }
        place.slot = FIRST_SLOT + (int)(i % SLOTS);
        pid = fork();
        if (pid == 0) {
            bool ok = one(i);

            fflush(NULL);
            _exit(ok ? 0 : 1);
        }
        running++;
    }
    for (; running > 0; running--)
        failed += collect();
    return failed;
}

struct gr_proc *hang_start(struct gr_scene *s, const char *name, const char *mode,
                           enum gr_lens lens)
{
    const char *argv[] = {name, mode, NULL};

    return gr_start(s, &(struct gr_prog){.argv = argv, .lens = lens, .keep_input = true});
}

bool hang_says(const char *text, const char *words, enum gr_lens lens)
{
    char shifted[128];
    char *fd;

    snprintf(shifted, sizeof shifted, "%s", words);
    fd = strstr(shifted, "fd ");
    if (lens == GR_MEMCHECK_LENS && fd && fd[3] >= '3' && fd[3] < '9')
        fd[3]++;
    return strstr(text, words) || strstr(text, shifted);
}

void hang_print_facts(const struct gr_scene *s, enum gr_fact_kind kind)
{
    const struct gr_fact *f;
    size_t from = 0;

    while ((f = gr_fact(s, kind, &from)))
        printf("    %s: %s\n", f->name, f->text);
}

int hang_main(Suite *(*make_suite)(void))
{
    SRunner *sr;
    int failed, ran;

    if (!setup())
        return 77;
    sr = srunner_create(make_suite());
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    ran = srunner_ntests_run(sr);
    srunner_free(sr);
    teardown();
    return failed == 0 && ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
