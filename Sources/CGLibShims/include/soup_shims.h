#ifndef EXAM_SOUP_SHIMS_H
#define EXAM_SOUP_SHIMS_H

#include <libsoup/soup.h>
// Not in Swift's Glibc.
#include <sys/epoll.h>

/// `soup_server_new`, a variadic: a server without a `Server` header that hands out request paths still
/// percent-encoded, since its own decoding lets an encoded `/` or NUL through. The caller owns the reference.
SoupServer *exam_soup_server_new(void);

/// `soup_session_new_with_options`, a variadic: a client with at most so many connections at one time, all of which may go
/// to one host. The caller owns the reference.
SoupSession *exam_soup_session_new(int connections);

#endif
