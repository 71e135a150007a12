#include "kernels/vectors_avx512.h"

#include "kernels/epilogue.inc"
#include "kernels/sums.inc"
#include "kernels/winograd.inc"

namespace octavo::onednn {

extern const RowKernels kAvx2Rows;
static constexpr WinogradKernels kWinograd = winograd_of(0.40);
extern constinit const ConvKernels kAvx512Kernels = kernels_of("avx512", kAvx2Rows, kWinograd);

}  // namespace octavo::onednn
