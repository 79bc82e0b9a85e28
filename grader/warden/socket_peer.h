/* SPDX-License-Identifier: MIT */
/** The other end of a socket, which /proc does not show. */
#ifndef GR_SOCKET_PEER_H
#define GR_SOCKET_PEER_H

#include <stdint.h>

/** Inode of the socket connected to socket @ino. Return: 0 if it cannot be known. */
uint64_t socket_peer(uint64_t ino);

#endif
