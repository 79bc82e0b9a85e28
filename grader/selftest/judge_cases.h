/* SPDX-License-Identifier: MIT */
/**
 * The cases of test_judge.c: a command, how it is run, and what must come of it.
 */
#ifndef JUDGE_CASES_H
#define JUDGE_CASES_H

#include "gr_result.h"
#include "gr_suite.h"

enum scenario {
    ENDS_WELL, /* it is to exit with 0 */
    PRINTS_DONE,
    DIES_OF_TERM,
    INPUT_IS_KEPT,
    SAYS_NOTHING,
    NO_TMPDIR,
    TOO_MANY,
    FEW_PROCESSES,
    HELD_AND_FAILS, /* one is held at a hook, and the item fails */
    QUEUE_PLANTED,  /* the suite has made a POSIX queue, which stays */
};

enum where {
    NOT_NONE = 1 << 0,  /* would do real harm without a jail, or needs one */
    NOT_BWRAP = 1 << 1, /* makes no sense there */
    NONE_ROOT = 1 << 2, /* without a jail only as a user of its own */
};

struct judge_case {
    const char *id;
    const char *command;
    enum scenario scenario;
    enum gr_lens lens;
    unsigned judges;
    unsigned where;
    enum gr_verdict verdict;
    const char *words;         /* in the message */
    const char *finding;       /* kind of a finding that must be there; NULL = a pass has none */
    const char *finding_words; /* in its text */
};

#define MEM GR_MEMCHECK_LENS
#define ALL (GR_JUDGE_WAITED | GR_JUDGE_OBJECTS)

static const struct judge_case cases[] = {
    /* ends */
    {"exit-0", "end_as exit 0", ENDS_WELL, 0, ALL, 0, GR_PASS, 0, 0, 0},
    {"exit-3", "end_as exit 3", ENDS_WELL, 0, 0, 0, GR_FAIL, "ended with exit status 3", 0, 0},
    {"early", "end_as _exit 0", PRINTS_DONE, 0, 0, 0, GR_FAIL, "stdout is empty", 0, 0},
    {"segv", "end_as segv", ENDS_WELL, 0, 0, 0, GR_CRASH, "signal 11", 0, 0},
    {"abort", "end_as abort", ENDS_WELL, 0, 0, 0, GR_CRASH, "signal 6", 0, 0},
    {"fpe", "end_as fpe", ENDS_WELL, 0, 0, 0, GR_CRASH, "signal 8", 0, 0},
    {"overflow", "end_as overflow", ENDS_WELL, 0, 0, 0, GR_CRASH, "signal 11", 0, 0},
    {"overflow-mem", "end_as overflow", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_CRASH, "signal 11",
     "memcheck", "overflow"},
    {"kill", "end_as signal 9", ENDS_WELL, 0, 0, 0, GR_FAIL, "signal 9 (Killed)", 0, 0},
    {"kill-mem", "end_as signal 9", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_FAIL, "signal 9", 0, 0},
    {"term", "end_as signal 15", DIES_OF_TERM, 0, ALL, 0, GR_PASS, 0, 0, 0},
    {"stop", "end_as signal 19", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, "none can go on", "waits",
     "stopped by a signal"},
    {"greedy", "end_as greedy", ENDS_WELL, 0, 0, 0, GR_FAIL, "exit status 3", "stderr",
     "Cannot allocate"},
    {"no-program", "no_such_program", ENDS_WELL, 0, 0, 0, GR_INFRA, "cannot start no_such_program",
     0, 0},

    /* limits */
    {"flood-out", "flood 1", ENDS_WELL, 0, 0, 0, GR_OUTPUT_LIMIT, "more than 1024 KiB", 0, 0},
    {"flood-err", "flood 2", ENDS_WELL, 0, 0, 0, GR_OUTPUT_LIMIT, "more than 1024 KiB", 0, 0},
    {"membomb", "membomb 1", ENDS_WELL, 0, 0, 0, GR_MEM_LIMIT, "MiB of memory", 0, 0},
    {"membombs", "membomb 4", ENDS_WELL, 0, 0, 0, GR_MEM_LIMIT, "MiB of memory", 0, 0},
    {"spin", "spin 1", ENDS_WELL, 0, 0, 0, GR_CPU_LIMIT, "s of processor time", 0, 0},
    {"spins", "spin 4", ENDS_WELL, 0, 0, 0, GR_CPU_LIMIT, "s of processor time", 0, 0},
    {"forkbomb", "forkbomb", FEW_PROCESSES, 0, ALL, NONE_ROOT, GR_CPU_LIMIT, "processor time", 0,
     0},
    {"fill-tmp", "fill /tmp/full 1024", PRINTS_DONE, 0, 0, NOT_NONE, GR_FAIL, "stdout", 0, 0},

    /* hangs */
    {"hang-pipe", "hang pipe", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, "every process waits", "waits",
     "fd 4 of hang (pid"},
    {"hang-full-pipe", "hang full-pipe", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits",
     "the pipe is full"},
    {"hang-pipe-mem", "hang pipe", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_DEADLOCK, 0, "waits",
     "fd 5 of hang (pid"},
    {"hang-sem", "hang sem", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "semop"},
    {"hang-msg", "hang msg", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "msgrcv"},
    {"hang-mq", "hang mq", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "mq_receive"},
    {"hang-mutex", "hang mutex", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits",
     "holds that mutex already"},
    {"hang-psem", "hang posix-sem", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "sem_wait()"},
    {"hang-child", "hang child", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits",
     "the end of its child hang"},
    {"hang-children", "hang children", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits",
     "and 6 more wait like these"},
    {"hang-stopped", "hang stopped-child", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits",
     "stopped by a signal"},
    {"hang-fifo", "hang fifo", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "open"},
    {"hang-socket", "hang socket", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "recv"},
    {"hang-lock", "hang lock", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "F_SETLKW"},
    {"hang-pause", "hang pause", ENDS_WELL, 0, 0, 0, GR_DEADLOCK, 0, "waits", "pause"},
    {"hang-stdin", "partner echo", INPUT_IS_KEPT, 0, 0, 0, GR_DEADLOCK, 0, "waits",
     "the grader does"},

    /* what is left */
    {"left-msg", "leave msg", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "message queue: key 0x00004711",
     "object", "key 0x00004711"},
    {"left-sem", "leave sem", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "semaphore set: key 0x00004711",
     "object", 0},
    {"left-shm", "leave shm", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "shared memory: key 0x00004711",
     "object", 0},
    {"left-private", "leave shm-private", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "key 0x00000000",
     "object", 0},
    {"left-mqueue", "leave mqueue", ENDS_WELL, 0, ALL, NONE_ROOT, GR_LEFTOVER, "left_queue",
     "object", 0},
    {"left-posix-shm", "leave posix-shm", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "left_memory",
     "object", 0},
    {"left-posix-sem", "leave posix-sem", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "sem.left_lock",
     "object", 0},
    {"left-file", "leave file", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "left_file (file", "file", 0},
    {"left-fifo", "leave fifo", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "left_fifo (FIFO", "file", 0},
    {"left-folder", "leave folder", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "left_folder (folder",
     "file", 0},
    {"left-all", "leave msg sem shm posix-shm posix-sem file fifo folder", ENDS_WELL, 0, ALL, 0,
     GR_LEFTOVER, 0, "file", "left_fifo"},
    {"left-hidden", "leave file close-folders", ENDS_WELL, 0, ALL, NOT_NONE, GR_LEFTOVER,
     "left_file (file", "file", 0},
    {"left-hidden-shm", "leave posix-shm close-folders", ENDS_WELL, 0, ALL, NOT_NONE, GR_LEFTOVER,
     "left_memory", "object", 0},
    {"left-blind", "leave file blind", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "left_file (file", "file",
     0},
    {"left-planted", "leave", QUEUE_PLANTED, 0, ALL, NOT_NONE, GR_PASS, 0, 0, 0},
    {"left-beside", "leave mqueue", QUEUE_PLANTED, 0, ALL, NOT_NONE, GR_LEFTOVER, "left_queue",
     "object", 0},
    {"left-unjudged", "leave msg file", ENDS_WELL, 0, 0, 0, GR_PASS, 0, 0, 0},

    /* who is left */
    {"zombie", "unwaited zombie", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "nobody waited for it",
     "zombie", "waitpid()"},
    {"zombies", "unwaited zombie 300", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "nobody waited", "zombie",
     0},
    {"orphan", "unwaited orphan", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "still ran when", "orphan", 0},
    {"daemon", "unwaited daemon", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "unwaited (pid", "orphan", 0},
    {"stopped", "unwaited stopped", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "still ran when", "orphan",
     0},
    {"orphans", "unwaited orphan 200", ENDS_WELL, 0, ALL, 0, GR_LEFTOVER, "still ran", "orphan", 0},
    {"zombie-mem", "unwaited zombie", ENDS_WELL, MEM, ALL, 0, GR_LEFTOVER, "nobody waited",
     "zombie", 0},
    {"zombie-unjudged", "unwaited zombie", ENDS_WELL, 0, 0, 0, GR_PASS, 0, 0, 0},

    /* attacks */
    {"forge", "forge", ENDS_WELL, 0, 0, 0, GR_FAIL, "exit status 1", "stderr", "100%: Checks"},
    {"forge-out", "forge ok", PRINTS_DONE, 0, 0, 0, GR_FAIL, "differs from line 1", "stderr",
     "\\x1b[2J"},
    {"forge-quiet", "forge ok", SAYS_NOTHING, 0, 0, 0, GR_FAIL, "say nothing on stderr", "stderr",
     0},
    {"forge-log", "forge ok", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_TAMPER, "forge", "tamper", 0},
    {"ruin-truncate", "ruin_log truncate", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_MEMCHECK,
     "ruin_log.c:17", "memcheck", "Invalid write"},
    {"ruin-close", "ruin_log close", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_MEMCHECK,
     "ruin_log.c:17", "memcheck", "Invalid write"},
    {"ruin-replace", "ruin_log replace", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_MEMCHECK,
     "ruin_log.c:17", "memcheck", "Invalid write"},
    {"peek", "peek canary-5f1d7c", PRINTS_DONE, 0, ALL, NOT_NONE, GR_PASS, 0, 0, 0},
    {"kill-all", "kill_all", ENDS_WELL, 0, ALL, NOT_NONE, GR_PASS, 0, 0, 0},
    {"fds-open", "fds_open", ENDS_WELL, 0, ALL, 0, GR_PASS, 0, 0, 0},
    {"fds-open-mem", "fds_open", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_PASS, 0, 0, 0},
    {"uaf-child", "vg_uaf_third_child", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_MEMCHECK,
     "vg_uaf_third_child.c:20", "memcheck", "Invalid write"},
    {"exec-away", "vg_exec_true", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_FAIL, "replaced itself",
     "tamper", 0},
    {"exec-allowed", "vg_exec_true", ENDS_WELL, MEM, GR_JUDGE_MEMORY | GR_MAY_EXEC, 0, GR_PASS, 0,
     0, 0},

    {"held", "kit_steps room", HELD_AND_FAILS, 0, 0, 0, GR_FAIL, "a step was not taken", "held",
     "in kit_enter(\"room\", "},

    /* races between processes */
    {"race", "race none", ENDS_WELL, GR_RACE_LENS, ALL, 0, GR_RACE, "data at race.c:22", "race",
     "by race (pid"},
    {"race-locked", "race lock", ENDS_WELL, GR_RACE_LENS, ALL, 0, GR_PASS, 0, 0, 0},
    {"race-exec", "race exec", ENDS_WELL, GR_RACE_LENS, ALL, 0, GR_PASS, 0, 0, 0},
    {"race-plain", "race none", ENDS_WELL, 0, ALL, 0, GR_PASS, 0, 0, 0},
    {"race-scribble", "race scribble", ENDS_WELL, GR_RACE_LENS, ALL, NOT_NONE, GR_TAMPER,
     "session of ipcgrind was damaged", 0, 0},

    /* the grader's own trouble */
    {"vg-huge", "huge", ENDS_WELL, MEM, GR_JUDGE_MEMORY, 0, GR_FAIL, "exit status 1", "stderr",
     "very large text, data or bss"},
    {"vg-no-tmp", "end_as exit 0", NO_TMPDIR, MEM, GR_JUDGE_MEMORY, 0, GR_INFRA, "could not start",
     "tamper", 0},
    {"too-many", "end_as exit 0", TOO_MANY, 0, 0, 0, GR_INFRA, "more than 64 programs", 0, 0},
};

enum { NCASES = sizeof cases / sizeof *cases };

#endif
