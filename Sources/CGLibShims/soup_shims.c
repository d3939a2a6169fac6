#include "soup_shims.h"

SoupServer *exam_soup_server_new(void) { return soup_server_new("raw-paths", TRUE, NULL); }

SoupSession *exam_soup_session_new(int connections) {
  return soup_session_new_with_options("max-conns", connections, "max-conns-per-host", connections, NULL);
}
