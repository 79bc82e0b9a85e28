/* SPDX-License-Identifier: MIT */
/**
 * The warden: our one program inside the jail.
 *
 * It starts the student's programs when the suite asks, watches them, and at the end says what
 * they left behind. With the bwrap backend it is process 1 of its own pid namespace: nothing in
 * the jail can signal it, every orphan becomes its child, and its death ends them all. With the
 * backend `none` it is a subreaper, and tells its own processes by descent.
 *
 * One thread, one poll() loop (main.c); no verdict is made here, only observations.
 */
#ifndef GR_WARDEN_H
#define GR_WARDEN_H

#include "gr_proto.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { MAX_PROGRAMS = 128, MAX_PROCS = 4096 };

/** One program started on command; its pid is also its session id. */
struct program {
    uint32_t id;
    pid_t pid;
    bool ended;
};

/** One line of the process table, from /proc/<pid>/stat. */
struct proc {
    pid_t pid, ppid, sid;
    char state;
    char comm[17];
    uint64_t ticks; /* utime + stime of the process */
    uint64_t child_ticks;
    long rss_pages;
};

struct proc_table {
    struct proc p[MAX_PROCS];
    size_t n;
};

struct warden {
    int sock;
    int log_fd; /* listening for Valgrinds, -1 = not asked for */
    unsigned nlogs;
    bool isolated; /* process 1 of a pid namespace */
    bool bare;     /* only start and stop: the measuring stick of `--bare` */
    int watch;     /* enum gr_watch */
    struct program programs[MAX_PROGRAMS];
    size_t nprograms;
    int64_t cpu_limit_ms;
    int64_t rss_limit_kib;
    bool limit_said;
    int64_t quiet_since; /* ms; since when nothing moved; 0 = it moves */
    uint64_t signature;  /* sum of CPU and context switches at the last look */
    /* a state the suite waits for; want_nr -1 = none */
    pid_t want_pid;
    long want_nr;
    int want_fd;
    int64_t spin_at; /* ms; when the window of GR_REQ_SPIN ends, 0 = none */
    int64_t next_tick;
};

/* main.c */
void say(struct warden *w, struct gr_msg *m, const int *fds, size_t nfds);
void say_fact(struct warden *w, uint32_t type, const struct gr_fact *f);
struct program *program_by_session(struct warden *w, pid_t sid);

/* start.c */
/** Start a program as @m asks. Return: its pid, or -1 with errno. */
pid_t start_program(const struct gr_msg *m, const int *fds, size_t nfds);

/* fence.c: for good, for the calling process and all it will start; needs PR_SET_NO_NEW_PRIVS.
 * Return: 0, or -1 with errno of prctl(). */
int fence_raise(void);

/* sock.c */
/** A socket as GR_REQ_SOCKET asks, never blocking. Return: 0 or an errno; with 0 and EINPROGRESS
 *  *@fd is the caller's. */
int socket_make(const struct gr_msg *m, int *fd, int *port);

/* vglog.c */
/** Listen on a loopback port of the jail. Return: the port, or -1 with errno. */
int log_listen(struct warden *w);
/** Hand each new connection to the suite. */
void log_accept(struct warden *w);

/* procfs.c */
/** Read one process. Return: false when it is gone. */
bool proc_read(pid_t pid, struct proc *p);
/** All processes of the jail except the warden, zombies included. */
void proc_scan(const struct warden *w, struct proc_table *t);
/** The system call task @tid of @pid blocks in. Return: its number, -1 = none or not readable. */
long proc_syscall(pid_t pid, pid_t tid, uint64_t args[6]);
/** Where descriptor @fd of @pid leads ("pipe:[123]"). Return: false if it is not open. */
bool proc_fd_target(pid_t pid, int fd, char *buf, size_t len);
/** Access mode (O_RDONLY, O_WRONLY, O_RDWR) of a descriptor, -1 if unknown. */
int proc_fd_mode(pid_t pid, int fd);
/** Call @visit for each task id of @pid until it returns false. Return: what it returned last. */
bool proc_each_task(pid_t pid, bool (*visit)(pid_t pid, pid_t tid, void *arg), void *arg);
/** Context switches of a task, voluntary and not; 0 if unreadable. */
uint64_t proc_switches(pid_t pid, pid_t tid);

/* fds.c */
/** Send one fact for each open descriptor of @pid. Return: 0 or an errno. */
int fds_send(struct warden *w, pid_t pid);

/* watch.c */
/** Look at the jail once: limits, wanted state, hang. */
void watch_tick(struct warden *w);
/** CPU milliseconds used by the jail so far, without the warden. */
int64_t watch_cpu_ms(const struct proc_table *t);

/* hang.c */
/** Is every task stuck for good? Then say so, with the explanation. */
void hang_check(struct warden *w, const struct proc_table *t);

/* spin.c */
/** Begin a window as GR_REQ_SPIN asks; when it is over, spin_end() answers. */
void spin_begin(struct warden *w, const struct gr_msg *m);
void spin_end(struct warden *w);

/* wake.c */
/** May a timer or an alarm end the waits of @pid without anybody's help? */
bool may_be_woken(const struct proc_table *t, pid_t pid);

/* who.c */
/** The program's name; under Valgrind that of the program it runs. */
void proc_name(const struct proc *p, char *name, size_t len);

/* calls.c */
/** Does this call wait without a time limit for something only another task can give? */
bool blocks_forever(pid_t pid, long nr, const uint64_t args[6]);

/* explain.c */
/** Send a circle of waits if there is one, then one GR_FACT_WAIT for each waiting process. */
void explain_waits(struct warden *w, const struct proc_table *t, uint32_t type);

/* reap.c */
/** Collect every child that ended, telling the suite about each program and each orphan. */
void reap(struct warden *w);
/** Kill everything in the jail and wait until it is gone. */
void kill_all(struct warden *w);

/* queue.c */
/** Requests about message queues; each is answered here. */
void queue_open(struct warden *w, const struct gr_msg *m);
void queue_unlink(struct warden *w, const struct gr_msg *m);
void queue_sysv(struct warden *w, const struct gr_msg *m);
/** Remove the queues the suite has spoken of (backend none). */
void queue_clean(void);
/** After all programs ended: could this user still have @need POSIX queues of default size, those
 *  that were left here counted in? If not, somebody else holds what was meant for this jail. */
bool queue_room(unsigned need);

/* census.c */
/** Remember what IPC objects there were before (backend none). */
void census_baseline(const struct warden *w);
/** Send one fact for each object and process left over. */
void census_send(struct warden *w);
/** Remove IPC objects that appeared since the baseline (backend none). */
void census_clean(const struct warden *w);
/** Return: how many POSIX queues there are now that were not there before. */
unsigned census_queues(void);

#endif
