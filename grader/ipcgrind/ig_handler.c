/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that a signal handler must not call: told by where the program's code goes, as most of
 * them take any number of arguments and cannot be wrapped. */
#include "ig_handler.h"

#include "ig_misuse.h"
#include "ig_stack.h"
#include "ig_task.h"
#include "pub_tool_debuginfo.h"  // VG_(get_fnname_if_entry)()
#include "pub_tool_libcbase.h"   // VG_(strcmp)()
#include "pub_tool_machine.h"    // VG_(get_SP)()
#include "pub_tool_stacktrace.h" // VG_(get_StackTrace)()
#include "pub_tool_threadstate.h"

/* sprintf and snprintf are left out: not on the list of POSIX, either, but harmless in glibc as far
 * as numbers and strings go, and what careful people use there. */
static const HChar *const unsafe[] = {
    "?",
    "printf",
    "fprintf",
    "vprintf",
    "vfprintf",
    "dprintf",
    "__printf_chk",
    "puts",
    "putchar",
    "fputs",
    "fputc",
    "putc",
    "fwrite",
    "__fprintf_chk",
    "fread",
    "fgets",
    "fflush",
    "fopen",
    "fclose",
    "perror",
    "__vfprintf_chk",
    "malloc",
    "calloc",
    "realloc",
    "free",
    "strdup",
    "exit",
    "system",
    "localtime",
    "syslog",
    "scanf",
    "fscanf",
    "getline",
    "popen",
    "__dprintf_chk",
    "sem_wait",
    "mq_open",
    "pthread_mutex_lock",
    "pthread_cond_signal",
    "pthread_cond_wait",
};
enum { UNSAFE = sizeof(unsafe) / sizeof(unsafe[0]), RED_ZONE = 128 };

UWord ig_unsafe_function(Addr a)
{
    const HChar *name = NULL;
    if (!VG_(get_fnname_if_entry)(VG_(current_DiEpoch)(), a, &name))
        return 0;
    for (UWord i = 1; i < UNSAFE; i++)
        if (VG_(strcmp)(name, unsafe[i]) == 0)
            return i;
    return 0;
}

/* Code of the program, not of a library that knows what it does. */
static Bool is_program(Addr ip)
{
    const DebugInfo *di = VG_(find_DebugInfo)(VG_(current_DiEpoch)(), ip);
    const HChar *file = di ? VG_(DebugInfo_get_filename)(di) : NULL;
    return file && !ig_is_library(file);
}

VG_REGPARM(1) void ig_unsafe_entered(UWord number)
{
    ThreadId tid = VG_(get_running_tid)();
    struct ig_thread *thread = ig_thread(tid);
    Addr ips[2];
    if (!ig_me(tid) || !thread->handlers)
        return;
    if (VG_(get_SP)(tid) + RED_ZONE >= thread->handler_sp) {
        thread->handlers = 0; /* it jumped out of them */
        return;
    }
    if (thread->handler_calm || VG_(get_StackTrace)(tid, ips, 2, NULL, NULL, 0) < 2 ||
        !is_program(ips[1]))
        return;
    ig_misuse(tid, IG_UNSAFE_CALL, 0, unsafe[number], NULL);
}
