#include "kernels/vectors_avx2.h"

#include "kernels/codes.inc"
#include "kernels/epilogue.inc"
#include "kernels/rows.inc"
#include "kernels/sums.inc"

namespace octavo::onednn {

extern const RowKernels kAvx2Rows = {depthwise, widen, widen_channels, widen_three, copy_three};
extern const ConvKernels kAvx2Kernels;
const ConvKernels kAvx2Kernels = {.name = "avx2",
                                  .exact_bytes = false,
                                  .least_lanes = kLeastLanes,
                                  .most_word_lanes = kWordLanes,
                                  .most_lanes = 16,
                                  .most_pixels = [](int) { return static_cast<int>(kTilePixels); },
                                  .words = sum_lanes<Words, kWordLanes>,
                                  .bytes = sum_lanes<Bytes, 16>,
                                  .choose_fused = [](const Epilogue&, int, int) -> SumAndFinish { return nullptr; },
                                  .weave = nullptr,
                                  .woven = nullptr,
                                  .choose_woven = nullptr,
                                  .rows = &kAvx2Rows,
                                  .choose_epilogue = choose_epilogue};

}  // namespace octavo::onednn
