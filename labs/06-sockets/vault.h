/* SPDX-License-Identifier: MIT */
/**
 * What vaultd and vault say to each other (part 6D), over a UNIX stream socket.
 *
 * Request: one frame (frame.h) whose payload is the NAME of a file, 1 to
 * VAULT_NAME bytes, without '\0' at its end. A connection may carry any number
 * of requests, each sent after the reply to the one before.
 *
 * Reply: VAULT_REPLY bytes, not in a frame:
 *
 *     1 byte   VAULT_VERSION
 *     4 bytes  0, or the errno that tells why not, in network byte order
 *
 * With 0, and only then, exactly one descriptor travels beside the first byte
 * (SCM_RIGHTS): the file, open for reading, at its beginning. It is the
 * receiver's from then on. The sender closes its own copy.
 */
#ifndef VAULT_H
#define VAULT_H

enum { VAULT_VERSION = 1, VAULT_REPLY = 5, VAULT_NAME = 255 };

#endif
