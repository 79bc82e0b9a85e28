/* SPDX-License-Identifier: MIT */
/**
 * What seqd and its clients say to each other (part 2B).
 *
 * In the folder DIR the server has a FIFO "seq" for requests, and every client
 * one of its own for the answer, named after its process id:
 *
 *    client                                      server
 *    makes DIR/cl.1234, opens it for reading
 *    writes "\n1234 10\n" into DIR/seq  ----->   takes 10 numbers
 *    reads up to the newline            <-----   writes "0..9\n" into its FIFO
 *    removes DIR/cl.1234
 *
 * A request is one write() of a newline, the client's process id, one blank,
 * how many numbers it wants, and a newline; both numbers in decimal digits. The
 * newline in front ends whatever a broken client may have left there before.
 *
 * An answer is one write() of the first number, two dots, the last number that
 * belongs to the client, and a newline.
 */
#ifndef SEQ_H
#define SEQ_H

#define SEQ_FIFO "seq"      /* in DIR: the server's, for requests */
#define SEQ_CLIENT "cl.%ld" /* in DIR: a client's; (long)pid */

enum {
    SEQ_LEN_MAX = 1000000, /* a client may ask for 1 to this many numbers */
    SEQ_LINE_MAX = 64,     /* bytes of a request's line, without newlines */
    SEQ_ANSWER_MAX = 64,   /* bytes of an answer, with its newline */
};

#endif
