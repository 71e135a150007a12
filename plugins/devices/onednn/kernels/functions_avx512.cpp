#define FUNCTIONS_TABLE kAvx512Functions
#include "kernels/functions.inc"
