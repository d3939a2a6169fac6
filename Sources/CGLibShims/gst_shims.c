#include "gst_shims.h"
