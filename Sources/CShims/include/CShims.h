// Placeholder until the first function arrives.
#include "jpeg_encode.h"
