#include "CGLibShims.h"

static gboolean dispatch_callback(GSource *source, GSourceFunc callback, gpointer data) {
  (void)source;
  return callback(data);
}

GSource *exam_source_new(GSourceFunc dispatch, gpointer data) {
  static GSourceFuncs functions = {.dispatch = dispatch_callback};
  GSource *source = g_source_new(&functions, sizeof(GSource));
  g_source_set_callback(source, dispatch, data, NULL);
  return source;
}

SoupServer *exam_soup_server_new(void) { return soup_server_new("raw-paths", TRUE, NULL); }

SoupSession *exam_soup_session_new(int connections) {
  return soup_session_new_with_options("max-conns", connections, "max-conns-per-host", connections, NULL);
}
