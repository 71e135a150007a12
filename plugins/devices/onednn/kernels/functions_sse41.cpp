#define FUNCTIONS_TABLE kSse41Functions
#include "kernels/functions.inc"
