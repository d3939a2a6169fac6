// What Swift cannot call of GLib, GObject, GStreamer and libsoup: casting and type macros, accessor macros and
// variadic functions. Nothing here holds state or makes decisions. Every symbol begins with `exam_`.
#ifndef CGLIBSHIMS_H
#define CGLIBSHIMS_H

#include "glib_shims.h"
#include "gst_shims.h"
#include "soup_shims.h"

#endif
