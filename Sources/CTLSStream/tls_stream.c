#include <errno.h>

#include "tls_internal.h"

struct _ExamTLSStream {
  GIOStream parent;
  GIOStream *base;
  GSocket *socket;
  ExamTLSCredentials *credentials;
  gnutls_session_t session;
  GInputStream *input;
  GOutputStream *output;
  /// What the socket said last, where that was not just "not now".
  GError *broken;
  gboolean has_shaken;
  /// A record is encrypted and not wholly written: the next write only writes it on.
  gboolean is_sending;
};

G_DEFINE_FINAL_TYPE(ExamTLSStream, exam_tls_stream, G_TYPE_IO_STREAM)

// The longest handshake message taken, in bytes. A ClientHello has a few hundred, with post-quantum keys two thousand.
enum { longest_handshake_message = 32 * 1024, warnings_at_once = 4 };

// MARK: - The socket

static ssize_t transported(ExamTLSStream *self, gssize count, GError *error) {
  if (count >= 0) return count;
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_error_free(error);
    gnutls_transport_set_errno(self->session, EAGAIN);
  } else {
    g_clear_error(&self->broken);
    self->broken = error;
    gnutls_transport_set_errno(self->session, EIO);
  }
  return -1;
}

static ssize_t pull(gnutls_transport_ptr_t data, void *buffer, size_t size) {
  ExamTLSStream *self = data;
  GError *error = NULL;
  gssize count = g_socket_receive_with_blocking(self->socket, buffer, size, FALSE, NULL, &error);
  return transported(self, count, error);
}

static ssize_t push(gnutls_transport_ptr_t data, const void *buffer, size_t size) {
  ExamTLSStream *self = data;
  GError *error = NULL;
  gssize count = g_socket_send_with_blocking(self->socket, buffer, size, FALSE, NULL, &error);
  return transported(self, count, error);
}

// MARK: - The session

static void set_failure(ExamTLSStream *self, const char *what, int code, GError **error) {
  if (self->broken)
    g_set_error(error, self->broken->domain, self->broken->code, "%s: %s", what, self->broken->message);
  else
    exam_tls_set_error(error, what, code);
}

ExamTLSHandshake exam_tls_stream_handshake(GIOStream *stream, GError **error) {
  ExamTLSStream *self = EXAM_TLS_STREAM(stream);
  int code;
  int warnings = 0;
  do code = gnutls_handshake(self->session);
  while (code == GNUTLS_E_INTERRUPTED || (code == GNUTLS_E_WARNING_ALERT_RECEIVED && warnings++ < warnings_at_once));
  if (code == GNUTLS_E_SUCCESS) {
    self->has_shaken = TRUE;
    return EXAM_TLS_HANDSHAKE_DONE;
  }
  // A flight of the server fits into an empty send buffer, so where one does not the socket is of no use.
  if (code == GNUTLS_E_AGAIN && gnutls_record_get_direction(self->session) == 0)
    return EXAM_TLS_HANDSHAKE_NEEDS_INPUT;
  set_failure(self, "TLS handshake", code, error);
  // The client is told why, if that fits.
  if (!self->broken && gnutls_error_is_fatal(code)) gnutls_alert_send_appropriate(self->session, code);
  return EXAM_TLS_HANDSHAKE_FAILED;
}

gssize exam_tls_stream_read(ExamTLSStream *self, void *buffer, gsize size, GError **error) {
  ssize_t count;
  int warnings = 0;
  do count = gnutls_record_recv(self->session, buffer, size);
  while (count == GNUTLS_E_INTERRUPTED || (count == GNUTLS_E_WARNING_ALERT_RECEIVED && warnings++ < warnings_at_once));
  // A browser that is closed sends no close_notify; HTTP and WebSocket themselves show where something ends.
  if (count == GNUTLS_E_PREMATURE_TERMINATION) return 0;
  if (count >= 0) return count;
  if (count == GNUTLS_E_AGAIN)
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing to read");
  else
    set_failure(self, "reading over TLS", (int)count, error);
  return -1;
}

gssize exam_tls_stream_write(ExamTLSStream *self, const void *buffer, gsize size, GError **error) {
  if (size == 0) return 0;
  ssize_t count;
  do {
    count = self->is_sending ? gnutls_record_send(self->session, NULL, 0)
                             : gnutls_record_send(self->session, buffer, size);
  } while (count == GNUTLS_E_INTERRUPTED);
  self->is_sending = count == GNUTLS_E_AGAIN;
  if (count >= 0 && (gsize)count <= size) return count;
  if (count == GNUTLS_E_AGAIN)
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "no room to write");
  else if (count >= 0)
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "other bytes than those that could not be written");
  else
    set_failure(self, "writing over TLS", (int)count, error);
  return -1;
}

gsize exam_tls_stream_pending(GIOStream *stream) {
  return gnutls_record_check_pending(EXAM_TLS_STREAM(stream)->session);
}

gboolean exam_tls_stream_is_readable(ExamTLSStream *self) {
  return gnutls_record_check_pending(self->session) > 0 ||
         (g_socket_condition_check(self->socket, G_IO_IN) & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0;
}

gboolean exam_tls_stream_is_writable(ExamTLSStream *self) {
  return (g_socket_condition_check(self->socket, G_IO_OUT) & (G_IO_OUT | G_IO_HUP | G_IO_ERR)) != 0;
}

GSource *exam_tls_stream_source(ExamTLSStream *self, GIOCondition condition) {
  if (condition == G_IO_IN && gnutls_record_check_pending(self->session) > 0) return g_timeout_source_new(0);
  return g_socket_create_source(self->socket, condition, NULL);
}

// MARK: - The stream

static GInputStream *get_input(GIOStream *stream) { return EXAM_TLS_STREAM(stream)->input; }
static GOutputStream *get_output(GIOStream *stream) { return EXAM_TLS_STREAM(stream)->output; }

/// Sends close_notify if it fits, and closes the socket. Never waits.
static gboolean close_stream(GIOStream *stream, GCancellable *cancellable, GError **error) {
  ExamTLSStream *self = EXAM_TLS_STREAM(stream);
  if (self->has_shaken && !self->broken && !self->is_sending) gnutls_bye(self->session, GNUTLS_SHUT_WR);
  g_output_stream_close(self->output, NULL, NULL);
  g_input_stream_close(self->input, NULL, NULL);
  return g_io_stream_close(self->base, cancellable, error);
}

// GIO's default would close on another thread.
static void close_stream_async(
    GIOStream *stream, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data) {
  GTask *task = g_task_new(stream, cancellable, callback, data);
  g_task_set_priority(task, priority);
  GError *error = NULL;
  if (close_stream(stream, cancellable, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
  g_object_unref(task);
}

static gboolean close_stream_finish(GIOStream *stream, GAsyncResult *result, GError **error) {
  return g_task_propagate_boolean(G_TASK(result), error);
}

static void finalize(GObject *object) {
  ExamTLSStream *self = EXAM_TLS_STREAM(object);
  g_object_unref(self->input);
  g_object_unref(self->output);
  gnutls_deinit(self->session);
  g_clear_error(&self->broken);
  exam_tls_credentials_unref(self->credentials);
  g_object_unref(self->socket);
  g_object_unref(self->base);
  G_OBJECT_CLASS(exam_tls_stream_parent_class)->finalize(object);
}

static void exam_tls_stream_class_init(ExamTLSStreamClass *class) {
  G_OBJECT_CLASS(class)->finalize = finalize;
  GIOStreamClass *stream = G_IO_STREAM_CLASS(class);
  stream->get_input_stream = get_input;
  stream->get_output_stream = get_output;
  stream->close_fn = close_stream;
  stream->close_async = close_stream_async;
  stream->close_finish = close_stream_finish;
}

static void exam_tls_stream_init(ExamTLSStream *self) {}

GIOStream *exam_tls_stream_new(GIOStream *base, GSocket *socket, ExamTLSCredentials *credentials) {
  ExamTLSStream *self = g_object_new(exam_tls_stream_get_type(), NULL);
  self->base = g_object_ref(base);
  self->socket = g_object_ref(socket);
  self->credentials = exam_tls_credentials_ref(credentials);
  self->input = exam_tls_input_new(self);
  self->output = exam_tls_output_new(self);
  // Fails only if there is no memory, in which case GLib ends the process too.
  if (gnutls_init(&self->session, GNUTLS_SERVER | GNUTLS_NONBLOCK) < 0) g_error("gnutls_init: out of memory");
  gnutls_priority_set(self->session, credentials->priority);
  gnutls_credentials_set(self->session, GNUTLS_CRD_CERTIFICATE, credentials->certificate);
  gnutls_certificate_server_set_request(self->session, GNUTLS_CERT_IGNORE);
  gnutls_handshake_set_max_packet_length(self->session, longest_handshake_message);
  gnutls_datum_t protocol = {(unsigned char *)"http/1.1", 8};
  gnutls_alpn_set_protocols(self->session, &protocol, 1, 0);
  gnutls_transport_set_ptr(self->session, self);
  gnutls_transport_set_pull_function(self->session, pull);
  gnutls_transport_set_push_function(self->session, push);
  return G_IO_STREAM(self);
}
