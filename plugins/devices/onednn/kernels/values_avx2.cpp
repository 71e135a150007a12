#define VALUES_TABLE kAvx2Values
#include "kernels/values.inc"
