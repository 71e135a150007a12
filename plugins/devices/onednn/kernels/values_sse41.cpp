#include "kernels/vectors_sse41.h"

#define VALUES_TABLE kSse41Values
#include "kernels/values.inc"
