#include "kernels/vectors_avx2.h"

#include "kernels/codes.inc"
#include "kernels/epilogue.inc"
#include "kernels/rows.inc"
#include "kernels/sums.inc"
#include "kernels/winograd.inc"

namespace octavo::onednn {

extern const RowKernels kAvx2Rows = {depthwise, widen, widen_channels, widen_three, copy_three};
static constexpr WinogradKernels kWinograd = winograd_of(0.41);
extern constinit const ConvKernels kAvx2Kernels = kernels_of("avx2", kAvx2Rows, kWinograd);

}  // namespace octavo::onednn
