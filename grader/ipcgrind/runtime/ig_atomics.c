/* SPDX-License-Identifier: MIT */
/*
 * C11 atomics made visible. On x86 an acquire load and a release store are plain moves, which no
 * binary tool can tell from other loads and stores. Compiled with
 *
 *     gcc -fsanitize=thread -Wno-tsan --param tsan-instrument-func-entry-exit=0 -c prog.c
 *     gcc prog.o build/lib/ipcgrind/ig_atomics.o
 *
 * (the link without -fsanitize=thread) a program calls the functions below for each atomic
 * operation, and they tell ipcgrind its memory order. The calls for plain accesses do nothing:
 * those the tool sees itself. Outside Valgrind only the operation remains.
 *
 * The names and types are those of the compiler's ThreadSanitizer interface.
 */
#include "ig_atomics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <valgrind/valgrind.h>

#define ASK(op, address, size, order)                                                              \
    VALGRIND_DO_CLIENT_REQUEST_STMT(IG_ATOMIC_REQUEST(op), (address), (size), (order), 0, 0)

typedef unsigned __int128 u128;

/* Before the first atomic of the program. */
__attribute__((constructor)) static void tell_visible(void)
{
    ASK(IG_ATOMIC_VISIBLE, 0, 0, 0);
}

/* NOLINTBEGIN(bugprone-macro-parentheses): a type in parentheses is none */

/* The operation itself is always sequentially consistent: stronger than asked is allowed, and what
 * was asked is what the tool is told. */
#define LOAD(bits, type)                                                                           \
    type __tsan_atomic##bits##_load(const volatile type *a, int order);                            \
    type __tsan_atomic##bits##_load(const volatile type *a, int order)                             \
    {                                                                                              \
        type value;                                                                                \
        ASK(IG_ATOMIC_BEFORE | IG_ATOMIC_LOAD, a, sizeof(type), order);                            \
        value = __atomic_load_n(a, __ATOMIC_SEQ_CST);                                              \
        ASK(IG_ATOMIC_AFTER | IG_ATOMIC_LOAD, a, sizeof(type), order);                             \
        return value;                                                                              \
    }

#define STORE(bits, type)                                                                          \
    void __tsan_atomic##bits##_store(volatile type *a, type value, int order);                     \
    void __tsan_atomic##bits##_store(volatile type *a, type value, int order)                      \
    {                                                                                              \
        ASK(IG_ATOMIC_BEFORE | IG_ATOMIC_STORE, a, sizeof(type), order);                           \
        __atomic_store_n(a, value, __ATOMIC_SEQ_CST);                                              \
        ASK(IG_ATOMIC_AFTER | IG_ATOMIC_STORE, a, sizeof(type), order);                            \
    }

#define RMW(bits, type, name, call)                                                                \
    type __tsan_atomic##bits##_##name(volatile type *a, type value, int order);                    \
    type __tsan_atomic##bits##_##name(volatile type *a, type value, int order)                     \
    {                                                                                              \
        type old;                                                                                  \
        ASK(IG_ATOMIC_BEFORE | IG_ATOMIC_RMW, a, sizeof(type), order);                             \
        old = call(a, value, __ATOMIC_SEQ_CST);                                                    \
        ASK(IG_ATOMIC_AFTER | IG_ATOMIC_RMW, a, sizeof(type), order);                              \
        return old;                                                                                \
    }

#define CAS(bits, type, name)                                                                      \
    int __tsan_atomic##bits##_##name(volatile type *a, type *expected, type value, int order,      \
                                     int failed);                                                  \
    int __tsan_atomic##bits##_##name(volatile type *a, type *expected, type value, int order,      \
                                     int failed)                                                   \
    {                                                                                              \
        type want = *expected;                                                                     \
        bool done;                                                                                 \
        ASK(IG_ATOMIC_BEFORE | IG_ATOMIC_RMW, a, sizeof(type), order);                             \
        done = __atomic_compare_exchange_n(a, &want, value, false, __ATOMIC_SEQ_CST,               \
                                           __ATOMIC_SEQ_CST);                                      \
        if (done)                                                                                  \
            ASK(IG_ATOMIC_AFTER | IG_ATOMIC_RMW, a, sizeof(type), order);                          \
        else                                                                                       \
            ASK(IG_ATOMIC_AFTER | IG_ATOMIC_LOAD, a, sizeof(type), failed);                        \
        if (!done)                                                                                 \
            *expected = want;                                                                      \
        return done;                                                                               \
    }

#define CAS_VALUE(bits, type)                                                                      \
    type __tsan_atomic##bits##_compare_exchange_val(volatile type *a, type expected, type value,   \
                                                    int order, int failed);                        \
    type __tsan_atomic##bits##_compare_exchange_val(volatile type *a, type expected, type value,   \
                                                    int order, int failed)                         \
    {                                                                                              \
        __tsan_atomic##bits##_compare_exchange_strong(a, &expected, value, order, failed);         \
        return expected;                                                                           \
    }

#define ALL_OF(bits, type)                                                                         \
    LOAD(bits, type)                                                                               \
    STORE(bits, type)                                                                              \
    RMW(bits, type, exchange, __atomic_exchange_n)                                                 \
    RMW(bits, type, fetch_add, __atomic_fetch_add)                                                 \
    RMW(bits, type, fetch_sub, __atomic_fetch_sub)                                                 \
    RMW(bits, type, fetch_and, __atomic_fetch_and)                                                 \
    RMW(bits, type, fetch_or, __atomic_fetch_or)                                                   \
    RMW(bits, type, fetch_xor, __atomic_fetch_xor)                                                 \
    RMW(bits, type, fetch_nand, __atomic_fetch_nand)                                               \
    CAS(bits, type, compare_exchange_strong)                                                       \
    CAS(bits, type, compare_exchange_weak)                                                         \
    CAS_VALUE(bits, type)

ALL_OF(8, uint8_t)
ALL_OF(16, uint16_t)
ALL_OF(32, uint32_t)
ALL_OF(64, uint64_t)

/* NOLINTEND(bugprone-macro-parentheses) */

/* 16 bytes: libatomic would be needed, so they go by compare-and-swap; a load is one that changes
 * nothing. */
static bool swap16(volatile u128 *a, u128 *want, u128 value)
{
    uint64_t low = (uint64_t)*want, high = (uint64_t)(*want >> 64);
    bool done;

    __asm__ __volatile__("lock cmpxchg16b %1"
                         : "=@ccz"(done), "+m"(*a), "+a"(low), "+d"(high)
                         : "b"((uint64_t)value), "c"((uint64_t)(value >> 64))
                         : "memory");
    *want = (u128)high << 64 | low;
    return done;
}

u128 __tsan_atomic128_load(const volatile u128 *a, int order);
u128 __tsan_atomic128_load(const volatile u128 *a, int order)
{
    u128 value = 0;

    ASK(IG_ATOMIC_BEFORE | IG_ATOMIC_LOAD, a, 16, order);
    swap16((volatile u128 *)(uintptr_t)a, &value, value);
    ASK(IG_ATOMIC_AFTER | IG_ATOMIC_LOAD, a, 16, order);
    return value;
}

u128 __tsan_atomic128_exchange(volatile u128 *a, u128 value, int order);
u128 __tsan_atomic128_exchange(volatile u128 *a, u128 value, int order)
{
    u128 old = 0;

    ASK(IG_ATOMIC_BEFORE | IG_ATOMIC_RMW, a, 16, order);
    while (!swap16(a, &old, value))
        ;
    ASK(IG_ATOMIC_AFTER | IG_ATOMIC_RMW, a, 16, order);
    return old;
}

void __tsan_atomic128_store(volatile u128 *a, u128 value, int order);
void __tsan_atomic128_store(volatile u128 *a, u128 value, int order)
{
    __tsan_atomic128_exchange(a, value, order);
}

int __tsan_atomic128_compare_exchange_strong(volatile u128 *a, u128 *expected, u128 value,
                                             int order, int failed);
int __tsan_atomic128_compare_exchange_strong(volatile u128 *a, u128 *expected, u128 value,
                                             int order, int failed)
{
    u128 want = *expected;
    bool done;

    ASK(IG_ATOMIC_BEFORE | IG_ATOMIC_RMW, a, 16, order);
    done = swap16(a, &want, value);
    if (done)
        ASK(IG_ATOMIC_AFTER | IG_ATOMIC_RMW, a, 16, order);
    else
        ASK(IG_ATOMIC_AFTER | IG_ATOMIC_LOAD, a, 16, failed);
    *expected = want;
    return done;
}

int __tsan_atomic128_compare_exchange_weak(volatile u128 *a, u128 *expected, u128 value, int order,
                                           int failed);
int __tsan_atomic128_compare_exchange_weak(volatile u128 *a, u128 *expected, u128 value, int order,
                                           int failed)
{
    return __tsan_atomic128_compare_exchange_strong(a, expected, value, order, failed);
}

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
    ASK(IG_ATOMIC_FENCE, 0, 0, order);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
    (void)order;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* The rest of the interface: plain accesses, which the tool sees itself. */
#define NOTHING(name, ...)                                                                         \
    void name(__VA_ARGS__);                                                                        \
    void name(__VA_ARGS__)                                                                         \
    {                                                                                              \
    }
#define NOTHING_OF(prefix)                                                                         \
    NOTHING(prefix##1, void *)                                                                     \
    NOTHING(prefix##2, void *)                                                                     \
    NOTHING(prefix##4, void *)                                                                     \
    NOTHING(prefix##8, void *)                                                                     \
    NOTHING(prefix##16, void *)
void __tsan_init(void);
void __tsan_init(void)
{
}
NOTHING(__tsan_func_entry, void *)
void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}
NOTHING(__tsan_read_range, void *, unsigned long)
NOTHING(__tsan_write_range, void *, unsigned long)
NOTHING(__tsan_vptr_update, void **, void *)
NOTHING(__tsan_vptr_read, void **)
NOTHING_OF(__tsan_read)
NOTHING_OF(__tsan_write)
NOTHING_OF(__tsan_volatile_read)
NOTHING_OF(__tsan_volatile_write)
NOTHING_OF(__tsan_unaligned_read)
NOTHING_OF(__tsan_unaligned_write)
NOTHING_OF(__tsan_unaligned_volatile_read)
NOTHING_OF(__tsan_unaligned_volatile_write)
NOTHING_OF(__tsan_read_write)
NOTHING_OF(__tsan_unaligned_read_write)
