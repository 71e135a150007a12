#include "kernels/vectors_avx2.h"

#include "kernels/codes.inc"

#define VALUES_TABLE kAvx2Values
#include "kernels/values.inc"
