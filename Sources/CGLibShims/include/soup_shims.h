#ifndef EXAM_SOUP_SHIMS_H
#define EXAM_SOUP_SHIMS_H

#include <libsoup/soup.h>

#endif
