// The input and the output end of a TLS stream. Neither ever waits: the functions without `nonblocking` in their names
// answer "would block" as well.
#include "tls_internal.h"

static gboolean is_forgotten(ExamTLSStream *stream, GError **error) {
  if (!stream) g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the TLS stream is gone");
  return !stream;
}

static GSource *pollable_source(
    GObject *end, ExamTLSStream *stream, GIOCondition condition, GCancellable *cancellable) {
  GSource *child = stream ? exam_tls_stream_source(stream, condition) : g_timeout_source_new(0);
  GSource *source = g_pollable_source_new_full(end, child, cancellable);
  g_source_unref(child);
  return source;
}

// MARK: - Input

struct _ExamTLSInput {
  GInputStream parent;
  ExamTLSStream *stream;
};

G_DECLARE_FINAL_TYPE(ExamTLSInput, exam_tls_input, EXAM, TLS_INPUT, GInputStream)
static void input_pollable_init(GPollableInputStreamInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE(ExamTLSInput, exam_tls_input, G_TYPE_INPUT_STREAM,
                              G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM, input_pollable_init))

static gssize input_read(GInputStream *input, void *buffer, gsize size, GCancellable *cancellable, GError **error) {
  ExamTLSStream *stream = EXAM_TLS_INPUT(input)->stream;
  return is_forgotten(stream, error) ? -1 : exam_tls_stream_read(stream, buffer, size, error);
}

static gssize input_read_nonblocking(GPollableInputStream *input, void *buffer, gsize size, GError **error) {
  return input_read(G_INPUT_STREAM(input), buffer, size, NULL, error);
}

static gboolean input_is_readable(GPollableInputStream *input) {
  ExamTLSStream *stream = EXAM_TLS_INPUT(input)->stream;
  return !stream || exam_tls_stream_is_readable(stream);
}

static GSource *input_source(GPollableInputStream *input, GCancellable *cancellable) {
  return pollable_source(G_OBJECT(input), EXAM_TLS_INPUT(input)->stream, G_IO_IN, cancellable);
}

static void input_pollable_init(GPollableInputStreamInterface *interface) {
  interface->is_readable = input_is_readable;
  interface->create_source = input_source;
  interface->read_nonblocking = input_read_nonblocking;
}

static void exam_tls_input_class_init(ExamTLSInputClass *class) { G_INPUT_STREAM_CLASS(class)->read_fn = input_read; }
static void exam_tls_input_init(ExamTLSInput *self) {}

GInputStream *exam_tls_input_new(ExamTLSStream *stream) {
  ExamTLSInput *self = g_object_new(exam_tls_input_get_type(), NULL);
  g_set_weak_pointer(&self->stream, stream);
  return G_INPUT_STREAM(self);
}

// MARK: - Output

struct _ExamTLSOutput {
  GOutputStream parent;
  ExamTLSStream *stream;
};

G_DECLARE_FINAL_TYPE(ExamTLSOutput, exam_tls_output, EXAM, TLS_OUTPUT, GOutputStream)
static void output_pollable_init(GPollableOutputStreamInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE(ExamTLSOutput, exam_tls_output, G_TYPE_OUTPUT_STREAM,
                              G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_OUTPUT_STREAM, output_pollable_init))

static gssize output_write(
    GOutputStream *output, const void *buffer, gsize size, GCancellable *cancellable, GError **error) {
  ExamTLSStream *stream = EXAM_TLS_OUTPUT(output)->stream;
  return is_forgotten(stream, error) ? -1 : exam_tls_stream_write(stream, buffer, size, error);
}

static gssize output_write_nonblocking(
    GPollableOutputStream *output, const void *buffer, gsize size, GError **error) {
  return output_write(G_OUTPUT_STREAM(output), buffer, size, NULL, error);
}

static gboolean output_is_writable(GPollableOutputStream *output) {
  ExamTLSStream *stream = EXAM_TLS_OUTPUT(output)->stream;
  return !stream || exam_tls_stream_is_writable(stream);
}

static GSource *output_source(GPollableOutputStream *output, GCancellable *cancellable) {
  return pollable_source(G_OBJECT(output), EXAM_TLS_OUTPUT(output)->stream, G_IO_OUT, cancellable);
}

static void output_pollable_init(GPollableOutputStreamInterface *interface) {
  interface->is_writable = output_is_writable;
  interface->create_source = output_source;
  interface->write_nonblocking = output_write_nonblocking;
}

static void exam_tls_output_class_init(ExamTLSOutputClass *class) { G_OUTPUT_STREAM_CLASS(class)->write_fn = output_write; }
static void exam_tls_output_init(ExamTLSOutput *self) {}

GOutputStream *exam_tls_output_new(ExamTLSStream *stream) {
  ExamTLSOutput *self = g_object_new(exam_tls_output_get_type(), NULL);
  g_set_weak_pointer(&self->stream, stream);
  return G_OUTPUT_STREAM(self);
}
