#define VALUES_TABLE kSse41Values
#include "kernels/values.inc"
