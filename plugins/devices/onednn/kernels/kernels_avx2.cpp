#include "kernels/vectors_avx2.h"

#define KERNELS_NAME "avx2"
#define KERNELS_TABLE kAvx2Kernels
#include "kernels/kernels.inc"
