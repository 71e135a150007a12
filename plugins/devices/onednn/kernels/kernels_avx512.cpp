#include "kernels/vectors_avx512.h"

#include "kernels/epilogue.inc"
#include "kernels/sums.inc"

namespace octavo::onednn {

extern const RowKernels kAvx2Rows;
extern const ConvKernels kAvx512Kernels;
const ConvKernels kAvx512Kernels = {.name = "avx512",
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
