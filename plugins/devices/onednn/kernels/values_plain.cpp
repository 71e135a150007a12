#define VALUES_TABLE kPlainValues
#include "kernels/values.inc"
