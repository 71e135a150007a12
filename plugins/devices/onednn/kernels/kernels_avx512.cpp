#include "kernels/vectors_avx512.h"

#include "kernels/epilogue.inc"
#include "kernels/sums.inc"

namespace octavo::onednn {

extern const RowKernels kAvx2Rows;
extern constinit const ConvKernels kAvx512Kernels = kernels_of("avx512", kAvx2Rows);

}  // namespace octavo::onednn
