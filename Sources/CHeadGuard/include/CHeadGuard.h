// A stream between a connection and libsoup that looks at the head of one request while it is read, and keeps from libsoup
// what that would pay for before anybody can refuse it: each method it has not met is kept for good, and a head of 64 kB is
// held whole. Every symbol begins with `exam_head_`.
#ifndef CHEADGUARD_H
#define CHEADGUARD_H

#include <gio/gio.h>

typedef enum {
  /// The first bytes are none of the methods that this server knows, and a space.
  EXAM_HEAD_UNKNOWN_METHOD = 1,
  /// More bytes or lines than there may be.
  EXAM_HEAD_TOO_LARGE,
} ExamHeadFault;

typedef void (*ExamHeadRefused)(ExamHeadFault fault, gpointer data);

/// For one request that is read from `base`, whose ends can be polled. None of the bytes of a read that show a fault are
/// handed on, nor any later ones: they are dropped, so that an answer can be written meanwhile, and the end of the stream
/// is an error. Behind the head everything is handed on as it is. Closing it leaves `base` open. The caller owns the
/// reference.
///
/// `bytes` and `lines` bound the head with its request line; `refused` is called once, within a read.
GIOStream *exam_head_guard_new(GIOStream *base, gsize bytes, guint lines, ExamHeadRefused refused, gpointer data);

/// `refused` is not called any more.
void exam_head_guard_forget(GIOStream *guard);

/// Whether `reader`, a stream that reads from the guard and has a buffer, holds bytes in it. Nothing can be waited for on
/// the guard from then on.
gboolean exam_head_guard_has_leftover(GIOStream *guard, GPollableInputStream *reader);

#endif
