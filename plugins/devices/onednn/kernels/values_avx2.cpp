#include "kernels/vectors_avx2.h"

#define VALUES_TABLE kAvx2Values
#include "kernels/values.inc"
