// Server-side TLS that never blocks on its socket: GnuTLS as a GIOStream.
//
// GIO's own GTlsServerConnection runs each handshake on a thread of a pool of ten and blocks there until the client has
// answered, so that ten clients who stop in the middle keep everybody else out. Here a handshake is a function that is
// called again when the client has sent more. What is read and written behaves as with GTlsServerConnection. Every symbol
// begins with `exam_tls_`.
#ifndef CTLSSTREAM_H
#define CTLSSTREAM_H

#include <gio/gio.h>

/// A certificate chain and its key, ready for any number of connections on any thread. Counted references.
typedef struct ExamTLSCredentials ExamTLSCredentials;

/// From a certificate with its key and issuers as `g_tls_certificate_new_from_files` makes it. NULL with `error` where key
/// and certificate do not belong together or are of no use to a server. The caller owns the reference.
ExamTLSCredentials *exam_tls_credentials_new(GTlsCertificate *certificate, GError **error);
ExamTLSCredentials *exam_tls_credentials_ref(ExamTLSCredentials *credentials);
void exam_tls_credentials_unref(ExamTLSCredentials *credentials);

/// The server's side of one connection: TLS 1.2 or 1.3, without client certificates, with ALPN `http/1.1`. Nothing is read
/// or written yet. `base` is what `close` closes; `socket` is read and written. The caller owns the reference.
GIOStream *exam_tls_stream_new(GIOStream *base, GSocket *socket, ExamTLSCredentials *credentials);

typedef enum {
  EXAM_TLS_HANDSHAKE_DONE,
  /// The client's turn: to be called again once the socket has input.
  EXAM_TLS_HANDSHAKE_NEEDS_INPUT,
  EXAM_TLS_HANDSHAKE_FAILED,
} ExamTLSHandshake;

/// Continues the handshake as far as the data received allow. Never waits. May be called on any thread, but not
/// while another one uses the stream. `error` is set where it failed; the stream can only be closed then.
ExamTLSHandshake exam_tls_stream_handshake(GIOStream *stream, GError **error);

/// Bytes that are decrypted and not yet read, of which the socket shows nothing.
gsize exam_tls_stream_pending(GIOStream *stream);

#endif
