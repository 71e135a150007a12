// What Resize and Upsample share: along each axis, which input positions an output position is made of.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

enum class CoordinateMode { half_pixel, pytorch_half_pixel, asymmetric, align_corners };
enum class NearestMode { round_prefer_floor, round_prefer_ceil, floor, ceil };

struct Interpolation {
    bool linear = false;
    CoordinateMode coordinates = CoordinateMode::half_pixel;
    NearestMode nearest = NearestMode::round_prefer_floor;
    std::vector<float> scales;  // [rank]
    Shape output;               // [rank]
};

// The output's shape from `scales` (floor of size times scale). Error: a scale that is not positive or an output that is empty or too
// large.
Result<void> set_output_shape(const NodeView& node, Interpolation& interpolation);
// The values of a constant f32 input.
Result<std::vector<float>> constant_reals(const NodeView& node, std::size_t input, const char* what);

void interpolate(const Interpolation& interpolation, const octavo_tensor& from, const octavo_tensor& to);

}  // namespace octavo::ops
