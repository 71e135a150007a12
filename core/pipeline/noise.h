// What can be said of a plan without running it. The noise rule: rounding a product's input to its grid puts noise into every channel that
// the product writes; against the span of that channel over the calibration images it tells which operator int8 ruins. And the places where
// values of very different range are joined, as boxes and scores are in the heads of detectors.
#pragma once

#include "core/pipeline/calibration_view.h"
#include "core/pipeline/stage_calibrate.h"

#include <span>
#include <vector>

namespace octavo {

struct ProductNoise {
    NodeId node{};
    double share = 0;          // of the span of the worst channel: the noise's standard deviation
    std::int64_t channel = 0;  // that one
};

// Uniform rounding noise of variance step^2 / 12, through weights and fused activation, of every int8 product with an input grid. A
// channel whose span is below what one step of its readers' grid can show counts with that step. Channels that never change do not count.
std::vector<ProductNoise> rounding_noise(const Graph& graph, const Layout& layout, const Statistics& statistics, const Plan& plan,
                                         std::span<const ProductState> products);

// A Concat of computed values whose ranges, least to greatest, lie further apart than this.
inline constexpr double kFarApart = 16;
struct JoinedRanges {
    NodeId node{};
    TensorId narrow{}, wide{};
    double ratio = 0;
    bool is_int8 = false;  // one grid for all, since an int8 operator reads what is joined
};
std::vector<JoinedRanges> joined_ranges(const Graph& graph, const Statistics& statistics, const Plan& plan);

// What joined_ranges wants the spans of.
std::vector<TensorId> joined_tensors(const Graph& graph);

}  // namespace octavo
