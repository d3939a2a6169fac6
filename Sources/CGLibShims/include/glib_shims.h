#ifndef EXAM_GLIB_SHIMS_H
#define EXAM_GLIB_SHIMS_H

#include <glib-object.h>

/// `G_OBJECT_TYPE_NAME`, a macro: the name of an object's class, owned by GObject.
const char *exam_object_type_name(gpointer object);

/// A `GSource` without descriptors that runs `dispatch` when its ready time comes. The caller owns the reference,
/// and `data` must outlive the source.
GSource *exam_wakeup_source_new(GSourceFunc dispatch, gpointer data);

#endif
