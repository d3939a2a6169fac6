#include "glib_shims.h"

const char *exam_object_type_name(gpointer object) { return G_OBJECT_TYPE_NAME(object); }

static gboolean dispatch_callback(GSource *source, GSourceFunc callback, gpointer data) {
  // Before the callback, so that a wake-up during it is not lost.
  g_source_set_ready_time(source, -1);
  return callback(data);
}

GSource *exam_wakeup_source_new(GSourceFunc dispatch, gpointer data) {
  static GSourceFuncs functions = {.dispatch = dispatch_callback};
  GSource *source = g_source_new(&functions, sizeof(GSource));
  g_source_set_callback(source, dispatch, data, NULL);
  return source;
}
