#include "soup_shims.h"

SoupServer *exam_soup_server_new(void) { return soup_server_new("raw-paths", TRUE, NULL); }
