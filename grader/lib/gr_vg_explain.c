/* SPDX-License-Identifier: MIT */
/**
 * Memcheck's words in a student's words: what happened, and what to do next.
 *
 * The first row that fits wins, so special cases stand above general ones. A row may ask for words
 * in the details, which hold the history of the block.
 */
#include "gr_vg.h"

#include <string.h>

struct row {
    const char *what;   /* in the first line */
    const char *detail; /* in the details, or NULL */
    const char *text;
};

static const struct row error_rows[] = {
    {"Invalid free()", "free'd",
     "This block was freed before: free each block once, and set the pointer to NULL after."},
    {"Invalid free()", NULL,
     "free() got an address that malloc() never returned: pass the start of a block, unchanged."},
    {"Mismatched free()", NULL,
     "Memory goes back the way it came: malloc() pairs with free(), new with delete."},
    {"Invalid ", "free'd",
     "This memory was freed already: the details name the line that freed it; free it later, or do "
     "not use it any more."},
    {"Invalid write", "after a block of size",
     "The write goes past the end of a block: count the elements, and the byte for the final NUL."},
    {"Invalid read", "after a block of size",
     "The read goes past the end of a block: check the loop's end, and that the text ends in a "
     "NUL."},
    {"Invalid ", "before a block of size",
     "The access lies in front of a block: an index has become negative."},
    {"Invalid ", "thread 1's stack",
     "The access goes below the part of the stack in use: a variable of a function that has "
     "returned, or an array too small."},
    {"Invalid ", "not stack'd, malloc'd or (recently) free'd",
     "The pointer points at no memory of yours: it is NULL, was never set, or its call failed "
     "(look at the line, and check each return value)."},
    {"Invalid ", NULL,
     "The program touches memory that is not its own: look at the pointer on this line."},
    {"unaddressable byte", NULL,
     "The kernel was given a buffer that is not all yours: the length is larger than the buffer."},
    {"Syscall param ", NULL,
     "Bytes that were never set leave the program, with whatever lay there before. Which bytes of "
     "what is sent does no line set? sizeof tells how many there are: look between the fields, and "
     "behind a text."},
    {"Conditional jump", NULL,
     "A decision depends on a variable that was never set: set it where it is declared; bytes that "
     "read() stored need a NUL before they are a string."},
    {"Use of uninitialised value", NULL,
     "A variable is used as an index or address before it was ever set: set it where it is "
     "declared."},
    {"overlap in ", NULL,
     "Source and destination share bytes: memcpy() and strcpy() may not, memmove() may."},
    {"Jump to the invalid address", NULL,
     "The program calls a function pointer that does not point at a function: it is NULL, never "
     "set, or was overwritten."},
    {"fishy", NULL,
     "The size is negative, and as an unsigned number huge: check the sum, and the return value it "
     "was made of (-1 means failed)."},
    {"realloc() with size 0", NULL, "realloc() to size 0 may free or not: call free() to free."},
    {"is already closed", NULL,
     "This descriptor is closed twice: the second close() may hit one that was opened in between."},
    {"Process terminating", "Stack overflow",
     "The stack is full: a recursion does not end, or a local array is too large."},
    {"Process terminating", "Non-existent physical address",
     "The page lies behind the end of the mapped file: ftruncate() the object to its size before "
     "you use the memory."},
    {"Process terminating", NULL,
     "The program touched memory that is not mapped: look at the pointer on this line."},
    {"", NULL, "Memcheck saw a use of memory that is not right: start at the line it names."},
};

static const struct row leak_rows[] = {
    {"indirectly lost", NULL,
     "This block hangs below one that is lost: free the whole structure before you drop its root."},
    {"", NULL,
     "Nothing points at this block any more, so nobody can free it: free() it before the last "
     "pointer to it goes away."},
};

static const char *pick(const struct row *row, const struct gr_vg_finding *f)
{
    const char *what = f->what != NULL ? f->what : "", *detail = f->detail != NULL ? f->detail : "";

    while (row->what[0] != '\0' && (strstr(what, row->what) == NULL ||
                                    (row->detail != NULL && strstr(detail, row->detail) == NULL)))
        row++;
    return row->text;
}

const char *gr_vg_explain(const struct gr_vg_finding *f)
{
    switch (f->kind) {
    case GR_VG_ERROR:
        return pick(error_rows, f);
    case GR_VG_LEAK:
        return pick(leak_rows, f);
    case GR_VG_FD:
        return "This descriptor was still open at the end: close() it on every path once it is no "
               "longer needed.";
    case GR_VG_INCOMPLETE:
        return "Memcheck's report breaks off, so nothing can be said for the program: it must end "
               "by "
               "itself, and leave descriptors alone that it did not open.";
    case GR_VG_FORGED:
        return "Memcheck's report holds what Memcheck does not write: do not touch descriptors "
               "that "
               "your program did not open.";
    case GR_VG_BROKEN:
        break;
    }
    return "Memcheck itself failed here. This is not counted against you: grade again, and tell "
           "your teacher if it stays.";
}
