#include "soup_shims.h"
