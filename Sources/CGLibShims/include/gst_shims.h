#ifndef EXAM_GST_SHIMS_H
#define EXAM_GST_SHIMS_H

#include <gst/gst.h>

#endif
