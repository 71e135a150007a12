#include "kernels/vectors_sse41.h"

#define KERNELS_NAME "sse41"
#define KERNELS_TABLE kSse41Kernels
#include "kernels/kernels.inc"
