#include "gst_shims.h"

#include <malloc.h>

void exam_object_set_boolean(gpointer object, const char *property, gboolean value) {
  g_object_set(object, property, value, NULL);
}

void exam_object_set_int(gpointer object, const char *property, gint value) {
  g_object_set(object, property, value, NULL);
}

void exam_object_set_uint64(gpointer object, const char *property, guint64 value) {
  g_object_set(object, property, value, NULL);
}

gboolean exam_object_is_a(gpointer object, GType type) {
  return G_TYPE_CHECK_INSTANCE_TYPE(object, type);
}

void exam_tune_malloc(int mmap_threshold, int trim_threshold) {
  mallopt(M_MMAP_THRESHOLD, mmap_threshold);
  mallopt(M_TRIM_THRESHOLD, trim_threshold);
}

void exam_release_memory(void) { malloc_trim(0); }
