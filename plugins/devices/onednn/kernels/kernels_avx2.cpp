#include "kernels/vectors_avx2.h"

#include "kernels/codes.inc"
#include "kernels/epilogue.inc"
#include "kernels/rows.inc"
#include "kernels/sums.inc"

namespace octavo::onednn {

extern const RowKernels kAvx2Rows = {depthwise, widen, widen_channels, widen_three, copy_three};
extern constinit const ConvKernels kAvx2Kernels = kernels_of("avx2", kAvx2Rows);

}  // namespace octavo::onednn
