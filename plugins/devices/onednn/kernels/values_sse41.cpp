#include "kernels/vectors_sse41.h"

#include "kernels/codes.inc"

#define VALUES_TABLE kSse41Values
#include "kernels/values.inc"
