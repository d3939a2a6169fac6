// What Swift cannot call of GLib and libsoup: structures of functions, and variadic functions. Nothing here holds state or
// makes decisions. Every symbol begins with `exam_`.
#ifndef CGLIBSHIMS_H
#define CGLIBSHIMS_H

#include <libsoup/soup.h>
// Not in Swift's Glibc.
#include <malloc.h>
#include <sys/epoll.h>

/// A `GSource` that runs `dispatch` when one of the descriptors added to it is ready. The caller owns the reference, and
/// `data` must outlive the source.
GSource *exam_source_new(GSourceFunc dispatch, gpointer data);

/// `soup_server_new`, a variadic: a server without a `Server` header that hands out request paths still
/// percent-encoded, since its own decoding lets an encoded `/` or NUL through. The caller owns the reference.
SoupServer *exam_soup_server_new(void);

/// `soup_session_new_with_options`, a variadic: a client with at most so many connections at one time, all of which may go
/// to one host. The caller owns the reference.
SoupSession *exam_soup_session_new(int connections);

#endif
