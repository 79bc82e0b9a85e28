/* SPDX-License-Identifier: MIT */
/**
 * Hostile: looks for anything that is not its own business and prints what it gets hold of.
 *
 * `peek WORD` walks /proc and the file system for a WORD that the test has hidden in the grader's
 * environment, arguments and files, tries to stop, trace and kill whoever is not its own, and to
 * leave the jail. Each success is one line `GOT ...` on stdout; exit 0 whatever came of it.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *word;
static unsigned budget = 200000; /* files looked at */

static void search_file(const char *path)
{
    static char buf[1 << 16];
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    ssize_t n = fd == -1 ? -1 : read(fd, buf, sizeof buf);

    if (n > 0 && memmem(buf, (size_t)n, word, strlen(word)))
        printf("GOT the word in %s\n", path);
    if (fd != -1)
        close(fd);
}

/* Names and contents below @dir; system folders are not worth it. */
static void walk(const char *dir, int depth)
{
    DIR *d = depth < 8 ? opendir(dir) : NULL;
    struct dirent *e;

    while (d && (e = readdir(d)) && budget > 0) {
        char path[PATH_MAX];
        struct stat st;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        budget--;
        snprintf(path, sizeof path, "%s/%s", strcmp(dir, "/") ? dir : "", e->d_name);
        if (strstr(e->d_name, word))
            printf("GOT the word as a name: %s\n", path);
        if (lstat(path, &st) == -1 || strcmp(path, "/proc") == 0 || strcmp(path, "/sys") == 0 ||
            strcmp(path, "/usr") == 0)
            continue;
        if (S_ISDIR(st.st_mode))
            walk(path, depth + 1);
        else if (S_ISREG(st.st_mode))
            search_file(path);
    }
    if (d)
        closedir(d);
}

/* A process that is neither this one nor its child. */
static void spy(pid_t pid)
{
    static const char *const files[] = {"environ", "cmdline", "maps", "mem", "mountinfo", "stack"};
    char path[64];
    DIR *d;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
        search_file(path);
    }
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    if (open(path, O_RDWR) != -1)
        printf("GOT the memory of %d\n", pid);
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    d = opendir(path);
    if (d && readdir(d))
        printf("GOT the descriptors of %d\n", pid);
    if (d)
        closedir(d);
    if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0) {
        printf("GOT %d by ptrace\n", pid);
        waitpid(pid, NULL, 0);
        ptrace(PTRACE_DETACH, pid, NULL, NULL);
    }
}

static void spy_on_all(void)
{
    DIR *d = opendir("/proc");
    struct dirent *e;

    while (d && (e = readdir(d)))
        if (atoi(e->d_name) > 0 && atoi(e->d_name) != getpid())
            spy(atoi(e->d_name));
    if (d)
        closedir(d);
}

static void leave_the_jail(void)
{
    struct sockaddr_in out = {.sin_family = AF_INET, .sin_port = htons(53)};
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (unshare(CLONE_NEWUSER) == 0)
        printf("GOT a user namespace\n");
    if (mount("none", "/tmp", "tmpfs", 0, NULL) == 0)
        printf("GOT a mount\n");
    if (setuid(0) == 0)
        printf("GOT root\n");
    inet_pton(AF_INET, "192.0.2.1", &out.sin_addr); /* an address reserved for documentation */
    if (s != -1 && (connect(s, (struct sockaddr *)&out, sizeof out) == 0 || errno == EINPROGRESS))
        printf("GOT a way out to the network\n");
    if (open("/proc/sys/kernel/core_pattern", O_WRONLY) != -1)
        printf("GOT a kernel setting\n");
    if (open("/usr/peek", O_WRONLY | O_CREAT, 0600) != -1)
        printf("GOT a file in /usr\n");
    if (open("/kit/gr-warden", O_WRONLY) != -1 || unlink("/kit/gr-warden") == 0)
        printf("GOT the warden's program\n");
    if (open("/lab/bin/peek", O_WRONLY) != -1 || unlink("/lab/bin/peek") == 0)
        printf("GOT the program itself\n");
}

int main(int argc, char **argv)
{
    word = argc > 1 ? argv[1] : "none";
    /* It has the word among its own arguments: out of the way with it. */
    word = strdup(word);
    memset(argv[1], 'x', strlen(argv[1]));
    spy_on_all();
    walk("/", 0);
    leave_the_jail();
    kill(1, SIGKILL);
    kill(1, SIGSTOP);
    signal(SIGTERM, SIG_IGN);
    if (kill(getppid(), SIGTERM) == 0 && getppid() != 1)
        printf("GOT a signal to its parent\n");
    printf("done\n");
    fflush(stdout);
    return 0;
}
