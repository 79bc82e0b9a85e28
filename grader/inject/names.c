/* SPDX-License-Identifier: MIT */
/* Names and numbers: calls, errnos, commands. What a rule may make a call fail with is here, too:
 * only what the manual page of the call lists. */
#include "inj.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static const char *const names[] = {
#define INJ_STRING(name) #name,
    INJ_CALLS(INJ_STRING)
#undef INJ_STRING
};

const char *inj_name(enum inj_kind k)
{
    return names[k];
}

enum inj_kind inj_kind_of(const char *name, size_t len)
{
    for (enum inj_kind k = 0; k < INJ_NKINDS; k++)
        if (strlen(names[k]) == len && memcmp(names[k], name, len) == 0)
            return k;
    return INJ_NKINDS;
}

struct named {
    const char *name;
    long value;
};
#define NAMED(x)                                                                                   \
    {                                                                                              \
#x, x                                                                                      \
    }

static const struct named errors[] = {
    NAMED(EACCES),  NAMED(EAGAIN),    NAMED(EBADF),      NAMED(ECONNABORTED), NAMED(ECONNREFUSED),
    NAMED(EEXIST),  NAMED(EIDRM),     NAMED(EINTR),      NAMED(EINVAL),       NAMED(EIO),
    NAMED(EMFILE),  NAMED(EMSGSIZE),  NAMED(ENFILE),     NAMED(ENOENT),       NAMED(ENOMEM),
    NAMED(ENOMSG),  NAMED(ENOSPC),    NAMED(ENXIO),      NAMED(EPERM),        NAMED(EPIPE),
    NAMED(ECHILD),  NAMED(ETIMEDOUT), NAMED(ECONNRESET), NAMED(EBUSY),        NAMED(ENOBUFS),
    NAMED(EPROTO),  NAMED(EISDIR),    NAMED(ENOTDIR),    NAMED(EADDRINUSE),   NAMED(EISCONN),
    NAMED(EALREADY)};

static const struct named commands[] = {
    NAMED(GETVAL),  NAMED(SETVAL),   NAMED(GETALL),   NAMED(SETALL),      NAMED(GETPID),
    NAMED(GETNCNT), NAMED(GETZCNT),  NAMED(IPC_RMID), NAMED(IPC_SET),     NAMED(IPC_STAT),
    NAMED(F_GETFL), NAMED(F_SETFL),  NAMED(F_GETFD),  NAMED(F_SETFD),     NAMED(F_DUPFD),
    NAMED(F_SETLK), NAMED(F_SETLKW), NAMED(F_GETLK),  NAMED(F_OFD_SETLK), NAMED(F_OFD_SETLKW)};

int inj_errno_of(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strlen(errors[i].name) == len && memcmp(errors[i].name, name, len) == 0)
            return (int)errors[i].value;
    return 0;
}

const char *inj_errno_name(int error)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].value == error)
            return errors[i].name;
    return "E?";
}

bool inj_command(const char *name, size_t len, long *value)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strlen(commands[i].name) == len && memcmp(commands[i].name, name, len) == 0) {
            *value = commands[i].value;
            return true;
        }
    return false;
}

/* The first of each call is what a bare rule means. */
static const struct {
    enum inj_kind kind;
    int error;
} failures[] = {
    {INJ_mmap, ENOMEM},       {INJ_mmap, EAGAIN},          {INJ_accept, ECONNABORTED},
    {INJ_accept, EMFILE},     {INJ_accept, ENFILE},        {INJ_accept, ENOMEM},
    {INJ_accept, EPROTO},     {INJ_accept4, ECONNABORTED}, {INJ_accept4, EMFILE},
    {INJ_accept4, ENFILE},    {INJ_accept4, ENOMEM},       {INJ_accept4, EPROTO},
    {INJ_open, ENFILE},       {INJ_open, EMFILE},          {INJ_openat, ENFILE},
    {INJ_openat, EMFILE},     {INJ_shm_open, ENFILE},      {INJ_shm_open, EMFILE},
    {INJ_sem_open, ENFILE},   {INJ_sem_open, EMFILE},      {INJ_sem_open, ENOMEM},
    {INJ_mq_open, ENFILE},    {INJ_mq_open, EMFILE},       {INJ_mq_open, ENOSPC},
    {INJ_semget, ENOSPC},     {INJ_semget, ENOMEM},        {INJ_msgget, ENOSPC},
    {INJ_msgget, ENOMEM},     {INJ_shmget, ENOSPC},        {INJ_shmget, ENOMEM},
    {INJ_shmget, ENFILE},     {INJ_shmat, ENOMEM},         {INJ_semop, ENOMEM},
    {INJ_semtimedop, ENOMEM}, {INJ_msgsnd, ENOMEM},        {INJ_ftruncate, EIO},
    {INJ_msync, EIO},         {INJ_mq_notify, EBUSY},      {INJ_connect, ECONNREFUSED},
    {INJ_ftok, ENOENT},       {INJ_ftok, EACCES},
};

int inj_may_fail(enum inj_kind kind, int error)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].kind == kind && (error == 0 || failures[i].error == error))
            return failures[i].error;
    return 0;
}
