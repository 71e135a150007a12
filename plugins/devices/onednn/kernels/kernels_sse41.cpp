#include "kernels/vectors_sse41.h"

#include "kernels/codes.inc"
#include "kernels/epilogue.inc"
#include "kernels/rows.inc"
#include "kernels/sums.inc"

namespace octavo::onednn {

extern const RowKernels kSse41Rows = {depthwise, widen, widen_channels, widen_three, copy_three};
extern constinit const ConvKernels kSse41Kernels = kernels_of("sse41", kSse41Rows);

}  // namespace octavo::onednn
