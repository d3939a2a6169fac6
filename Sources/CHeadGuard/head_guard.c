#include "CHeadGuard.h"

#include <string.h>

// What a refused client may still send, in bytes.
enum { courtesy_bytes = 256 * 1024, longest_method = 8, empty_lines_before = 2 };

static const char *const methods[] = {"GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS "};

typedef enum { IN_METHOD, IN_HEAD, BEHIND_HEAD, REFUSED } Place;

// MARK: - Input

G_DECLARE_FINAL_TYPE(ExamHeadInput, exam_head_input, EXAM, HEAD_INPUT, GInputStream)

struct _ExamHeadInput {
  GInputStream parent;
  GPollableInputStream *base;
  ExamHeadRefused refused;
  gpointer data;
  gsize bytes_left;
  guint lines_left;
  Place place;
  char method[longest_method];
  guint method_length;
  guint empty_lines;
  /// Of the line that is read: its bytes so far, and whether all of them are carriage returns.
  gsize line_length;
  gboolean is_blank;
  gsize dropped;
  gboolean is_held;
};

static void pollable_init(GPollableInputStreamInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE(ExamHeadInput, exam_head_input, G_TYPE_INPUT_STREAM,
                              G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM, pollable_init))

/// 0 where the byte may go on.
static ExamHeadFault look_at_method(ExamHeadInput *self, char byte) {
  // One empty line is allowed (RFC 9112, 2.2).
  if (self->method_length == 0 && (byte == '\r' || byte == '\n') && self->empty_lines < empty_lines_before) {
    self->empty_lines++;
    return 0;
  }
  self->method[self->method_length++] = byte;
  for (gsize index = 0; index < G_N_ELEMENTS(methods); index++) {
    if (strncmp(methods[index], self->method, self->method_length) != 0) continue;
    if (byte == ' ') {
      self->place = IN_HEAD;
      self->line_length = self->method_length;
      self->is_blank = FALSE;
    }
    return 0;
  }
  return EXAM_HEAD_UNKNOWN_METHOD;
}

/// The head ends as libsoup has it: with a line that is empty, with or without a carriage return.
static ExamHeadFault look_at_head(ExamHeadInput *self, char byte) {
  if (byte == '\n') {
    if (self->line_length == 0 || (self->line_length == 1 && self->is_blank)) {
      self->place = BEHIND_HEAD;
      return 0;
    }
    if (self->lines_left-- == 0) return EXAM_HEAD_TOO_LARGE;
    self->line_length = 0;
    self->is_blank = TRUE;
    return 0;
  }
  if (byte != '\r') self->is_blank = FALSE;
  self->line_length++;
  return 0;
}

static ExamHeadFault look(ExamHeadInput *self, const char *bytes, gsize count) {
  for (gsize index = 0; index < count && self->place < BEHIND_HEAD; index++) {
    if (self->bytes_left-- == 0) return EXAM_HEAD_TOO_LARGE;
    ExamHeadFault fault =
        self->place == IN_METHOD ? look_at_method(self, bytes[index]) : look_at_head(self, bytes[index]);
    if (fault) return fault;
  }
  return 0;
}

static gssize drop(ExamHeadInput *self, GError **error) {
  char buffer[8192];
  while (self->dropped <= courtesy_bytes) {
    gssize count = g_pollable_input_stream_read_nonblocking(self->base, buffer, sizeof buffer, NULL, error);
    if (count < 0) return -1;
    if (count == 0) break;
    self->dropped += count;
  }
  // An end of the stream would be mistaken for the end of the head.
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "the request was refused");
  return -1;
}

static gssize read_nonblocking(GPollableInputStream *input, void *buffer, gsize size, GError **error) {
  ExamHeadInput *self = EXAM_HEAD_INPUT(input);
  if (self->place == REFUSED) return drop(self, error);
  gssize count = g_pollable_input_stream_read_nonblocking(self->base, buffer, size, NULL, error);
  if (count <= 0 || self->place == BEHIND_HEAD) return count;
  ExamHeadFault fault = look(self, buffer, count);
  if (!fault) return count;
  self->place = REFUSED;
  if (self->refused) self->refused(fault, self->data);
  return drop(self, error);
}

static gssize read_input(GInputStream *input, void *buffer, gsize size, GCancellable *cancellable, GError **error) {
  return read_nonblocking(G_POLLABLE_INPUT_STREAM(input), buffer, size, error);
}

static gboolean is_readable(GPollableInputStream *input) {
  ExamHeadInput *self = EXAM_HEAD_INPUT(input);
  return !self->is_held && g_pollable_input_stream_is_readable(self->base);
}

static GSource *create_source(GPollableInputStream *input, GCancellable *cancellable) {
  GSource *child = g_pollable_input_stream_create_source(EXAM_HEAD_INPUT(input)->base, NULL);
  GSource *source = g_pollable_source_new_full(input, child, cancellable);
  g_source_unref(child);
  return source;
}

static void pollable_init(GPollableInputStreamInterface *interface) {
  interface->is_readable = is_readable;
  interface->create_source = create_source;
  interface->read_nonblocking = read_nonblocking;
}

static void finalize_input(GObject *object) {
  g_object_unref(EXAM_HEAD_INPUT(object)->base);
  G_OBJECT_CLASS(exam_head_input_parent_class)->finalize(object);
}

static void exam_head_input_class_init(ExamHeadInputClass *class) {
  G_OBJECT_CLASS(class)->finalize = finalize_input;
  G_INPUT_STREAM_CLASS(class)->read_fn = read_input;
}

static void exam_head_input_init(ExamHeadInput *self) {}

// MARK: - The stream

G_DECLARE_FINAL_TYPE(ExamHeadGuard, exam_head_guard, EXAM, HEAD_GUARD, GIOStream)

struct _ExamHeadGuard {
  GIOStream parent;
  GIOStream *base;
  ExamHeadInput *input;
};

G_DEFINE_FINAL_TYPE(ExamHeadGuard, exam_head_guard, G_TYPE_IO_STREAM)

static GInputStream *get_input(GIOStream *stream) { return G_INPUT_STREAM(EXAM_HEAD_GUARD(stream)->input); }
static GOutputStream *get_output(GIOStream *stream) {
  return g_io_stream_get_output_stream(EXAM_HEAD_GUARD(stream)->base);
}

/// The connection outlives its requests: whoever has it closes it.
static gboolean close_guard(GIOStream *stream, GCancellable *cancellable, GError **error) { return TRUE; }

static void finalize_guard(GObject *object) {
  g_object_unref(EXAM_HEAD_GUARD(object)->input);
  g_object_unref(EXAM_HEAD_GUARD(object)->base);
  G_OBJECT_CLASS(exam_head_guard_parent_class)->finalize(object);
}

static void exam_head_guard_class_init(ExamHeadGuardClass *class) {
  G_OBJECT_CLASS(class)->finalize = finalize_guard;
  GIOStreamClass *stream = G_IO_STREAM_CLASS(class);
  stream->get_input_stream = get_input;
  stream->get_output_stream = get_output;
  stream->close_fn = close_guard;
}

static void exam_head_guard_init(ExamHeadGuard *self) {}

GIOStream *exam_head_guard_new(GIOStream *base, gsize bytes, guint lines, ExamHeadRefused refused, gpointer data) {
  ExamHeadGuard *self = g_object_new(exam_head_guard_get_type(), NULL);
  self->base = g_object_ref(base);
  self->input = g_object_new(exam_head_input_get_type(), NULL);
  self->input->base = G_POLLABLE_INPUT_STREAM(g_object_ref(g_io_stream_get_input_stream(base)));
  self->input->bytes_left = bytes;
  self->input->lines_left = lines;
  self->input->refused = refused;
  self->input->data = data;
  return G_IO_STREAM(self);
}

void exam_head_guard_forget(GIOStream *guard) { EXAM_HEAD_GUARD(guard)->input->refused = NULL; }

gboolean exam_head_guard_has_leftover(GIOStream *guard, GPollableInputStream *reader) {
  EXAM_HEAD_GUARD(guard)->input->is_held = TRUE;
  return g_pollable_input_stream_is_readable(reader);
}
