/* SPDX-License-Identifier: MIT */
/*
 * Purpose: the one program behind every make target. Cleans the environment, finds the kit, calls
 * the command.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "ipclab.h"

static const char help[] =
    "ipclab: learn UNIX inter-process communication by building it\n"
    "\n"
    "  ipclab start --lab LAB [--dir DIR]   put the skeleton there; overwrites nothing\n"
    "  ipclab grade --lab LAB [options]     build and grade; says why an item failed\n"
    "  ipclab board [options]               every lab graded, a line each, and all points\n"
    "  ipclab reset --lab LAB [--dir DIR]   begin again; your files move to a dated backup\n"
    "  ipclab list [--lab LAB]              the labs, or what one of them grades\n"
    "  ipclab hint --lab LAB [--step STEP] [--level 1|2|3]   STEP is 01.5, or an item: 1B.1\n"
    "  ipclab --help | --version\n"
    "\n"
    "LAB is pipes, 01 or 01-pipes. Options of grade:\n"
    "  --src DIR         grade DIR/NN-topic if that exists, else DIR (default: labs)\n"
    "  --test GLOB       only items whose id or title matches: --test '1B*'; or those of\n"
    "                    one lens: --test lens:memcheck\n"
    "  --json FILE       keep result.json there, replaced after every item\n"
    "  --csv             one line on stdout, all else on stderr; --csv-header adds the names\n"
    "  --seed N          repeat a run: the seed that run printed\n"
    "  --jobs N          items at once, 1 to 16 (default: two a processor)\n"
    "  --time-scale F    multiply every limit, for slow machines\n"
    "  --jail auto|bwrap|none    where your programs run (default auto)\n"
    "  --color auto|always|never\n"
    "  --bare            no watching and no judging: to measure what they cost\n"
    "\n"
    "board takes --src, --seed, --jobs, --time-scale, --jail and --color.\n"
    "\n"
    "Exit status of grade and board: 0 full marks, 1 below, 2 wrong usage, 75 could not judge.\n"
    "Others: 0 done, 1 could not do it, 2 wrong usage.\n";

/*
 * What may come through from outside. CK_* would change how Check runs our tests, LD_* and
 * VALGRIND_* how everything runs, and compiler variables what a student's program becomes.
 */
static void clean_environment(void)
{
    static const char *const keep[] = {"HOME", "TERM", "LANG", "NO_COLOR", "TMPDIR"};
    enum { N = sizeof(keep) / sizeof(keep[0]) };
    char *values[N];

    for (int i = 0; i < N; i++)
        values[i] = gr_xstrdup(getenv(keep[i]));
    if (clearenv() != 0)
        exit(wrong(EX_UNJUDGED, "cannot clear the environment"));
    for (int i = 0; i < N; i++) {
        if (values[i] && setenv(keep[i], values[i], 1) == -1)
            exit(wrong(EX_UNJUDGED, "cannot set %s", keep[i]));
        free(values[i]);
    }
    if (setenv("PATH", "/usr/bin:/bin", 1) == -1)
        exit(wrong(EX_UNJUDGED, "cannot set PATH"));
}

/* For our own tests: `ipclab --root DIR command`, a kit in another folder. */
static char *find_root(int *argc, char ***argv)
{
    char *err = NULL, *root;
    struct stat st;

    if (*argc > 1 && strcmp((*argv)[0], "--root") == 0) {
        root = realpath((*argv)[1], NULL);
        if (!root || stat(root, &st) == -1 || !S_ISDIR(st.st_mode))
            exit(wrong(EX_USE, "--root %s: no such folder", (*argv)[1]));
        *argc -= 2;
        *argv += 2;
        return root;
    }
    root = gr_root_find(&err);
    if (!root)
        exit(wrong(EX_UNJUDGED, "%s", err));
    return root;
}

static int run(const char *root, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*call)(const char *, int, char **);
    } commands[] = {{"start", cmd_start}, {"grade", cmd_grade}, {"board", cmd_board},
                    {"reset", cmd_reset}, {"list", cmd_list},   {"hint", cmd_hint}};

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[0], commands[i].name) != 0)
            continue;
        for (int k = 1; k < argc; k++) {
            if (strcmp(argv[k], "--help") == 0) {
                fputs(help, stdout);
                return EX_DONE;
            }
        }
        return commands[i].call(root, argc - 1, argv + 1);
    }
    return wrong(
        EX_USE,
        "there is no command \"%s\"; write start, grade, board, reset, list or hint, or --help",
        argv[0]);
}

/* A descriptor 0-2 that is closed would be reused by the first file we open. On a closed stdout
 * writing stays an error: nobody would get it. */
static void open_standard(void)
{
    bool no_stdout = fcntl(STDOUT_FILENO, F_GETFD) == -1;
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd == -1 ||
        (no_stdout && (close(STDOUT_FILENO) == -1 || open("/dev/null", O_RDONLY) != STDOUT_FILENO)))
        exit(EX_UNJUDGED);
    close(fd);
}

int main(int argc, char **argv)
{
    char *root;
    int rc;

    open_standard();
    clean_environment();
    argc--;
    argv++;
    if (argc == 0) {
        fputs(help, stderr);
        return EX_USE;
    }
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
        fputs(help, stdout);
        return fflush(stdout) == EOF ? EX_WRONG : EX_DONE;
    }
    if (strcmp(argv[0], "--version") == 0) {
        puts("ipclab " IPCLAB_VERSION);
        return fflush(stdout) == EOF ? EX_WRONG : EX_DONE;
    }
    root = find_root(&argc, &argv);
    rc = argc > 0 ? run(root, argc, argv) : wrong(EX_USE, "no command; try --help");
    free(root);
    return rc;
}
