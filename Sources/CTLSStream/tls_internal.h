#ifndef EXAM_TLS_INTERNAL_H
#define EXAM_TLS_INTERNAL_H

#include <gnutls/gnutls.h>
#include <string.h>

#include "CTLSStream.h"

struct ExamTLSCredentials {
  gatomicrefcount references;
  gnutls_certificate_credentials_t certificate;
  gnutls_priority_t priority;
};

void exam_tls_set_error(GError **error, const char *what, int code);

G_DECLARE_FINAL_TYPE(ExamTLSStream, exam_tls_stream, EXAM, TLS_STREAM, GIOStream)

/// The two ends, which the stream owns and which know it as long as it lives.
GInputStream *exam_tls_input_new(ExamTLSStream *stream);
GOutputStream *exam_tls_output_new(ExamTLSStream *stream);

/// What the ends do. -1 with an error, `G_IO_ERROR_WOULD_BLOCK` among them.
gssize exam_tls_stream_read(ExamTLSStream *stream, void *buffer, gsize size, GError **error);
gssize exam_tls_stream_write(ExamTLSStream *stream, const void *buffer, gsize size, GError **error);
gboolean exam_tls_stream_is_readable(ExamTLSStream *stream);
gboolean exam_tls_stream_is_writable(ExamTLSStream *stream);
/// The base socket's source for a condition, or one that is due at once. The caller owns the reference.
GSource *exam_tls_stream_source(ExamTLSStream *stream, GIOCondition condition);

#endif
