#define FUNCTIONS_TABLE kAvx2Functions
#include "kernels/functions.inc"
