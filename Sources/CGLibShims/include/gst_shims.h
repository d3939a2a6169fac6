#ifndef EXAM_GST_SHIMS_H
#define EXAM_GST_SHIMS_H

// Not gst/gst.h: a second module with GStreamer's declarations makes Swift lose sight of some of them.
#include <glib-object.h>

/// `g_object_set`, a variadic: one boolean property.
void exam_object_set_boolean(gpointer object, const char *property, gboolean value);
/// `g_object_set`, a variadic: one property of type int or uint.
void exam_object_set_int(gpointer object, const char *property, gint value);
/// `g_object_set`, a variadic: one property of type uint64.
void exam_object_set_uint64(gpointer object, const char *property, guint64 value);

/// `G_TYPE_CHECK_INSTANCE_TYPE`, a macro.
gboolean exam_object_is_a(gpointer object, GType type);

/// `mallopt` for a process with many short-lived picture buffers: M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, in bytes.
void exam_tune_malloc(int mmap_threshold, int trim_threshold);
/// `malloc_trim`: returns unused heap memory to the system.
void exam_release_memory(void);

#endif
