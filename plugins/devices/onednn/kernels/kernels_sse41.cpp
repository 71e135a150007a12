#include "kernels/vectors_sse41.h"

#include "kernels/codes.inc"
#include "kernels/epilogue.inc"
#include "kernels/rows.inc"
#include "kernels/sums.inc"
#include "kernels/winograd.inc"

namespace octavo::onednn {

extern const RowKernels kSse41Rows = {depthwise, widen, widen_channels, widen_three, copy_three};
static constexpr WinogradKernels kWinograd = winograd_of(0.42);
extern constinit const ConvKernels kSse41Kernels = kernels_of("sse41", kSse41Rows, kWinograd);

}  // namespace octavo::onednn
