#include "kernels/vectors_avx512.h"

#define VALUES_TABLE kAvx512Values
#include "kernels/values.inc"
