// The system calls that no Swift module exports, and those that differ between systems.

#ifndef CSOCKETS_H
#define CSOCKETS_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/eventfd.h>
extern int accept4(int, struct sockaddr *, socklen_t *, int);
#else
#include <sys/event.h>
#include <sys/time.h>
#endif

static inline int csockets_prepare(int fd) {
#if !defined(__linux__)
  if (fd < 0) return fd;
  int one = 1;
  if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0
      || setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof one) < 0) {
    int code = errno;
    close(fd);
    errno = code;
    return -1;
  }
#endif
  return fd;
}

// A stream socket that never blocks and is not inherited.
static inline int csockets_open(int family) {
#if defined(__linux__)
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
  return csockets_prepare(socket(family, SOCK_STREAM, 0));
#endif
}

static inline int csockets_accept(int fd, struct sockaddr_storage *peer, socklen_t *length) {
#if defined(__linux__)
  return accept4(fd, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  return csockets_prepare(accept(fd, (struct sockaddr *)peer, length));
#endif
}

// Two connected sockets.
static inline int csockets_pair(int fds[2]) {
#if defined(__linux__)
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds);
#else
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) return -1;
  return csockets_prepare(fds[0]) < 0 || csockets_prepare(fds[1]) < 0 ? -1 : 0;
#endif
}

// A peer that has gone gives an error, never a signal.
static inline ssize_t csockets_send(int fd, const void *bytes, size_t count) {
#if defined(__linux__)
  return send(fd, bytes, count, MSG_NOSIGNAL);
#else
  return send(fd, bytes, count, 0);
#endif
}

static inline int csockets_set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value);
}

static inline void csockets_no_delay(int fd) { (void)csockets_set(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

// Bounds what the system holds of bytes that are not on their way yet. Without it a peer that reads slowly gets a
// megabyte and more of the system's memory, and a thousand such peers leave none for the others.
static inline void csockets_bound_unsent(int fd, int bytes) {
  (void)csockets_set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
}

#endif
