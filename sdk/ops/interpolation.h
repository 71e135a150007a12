// What Resize and Upsample share: along each axis, which input positions an output position is made of.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

enum class Filter { nearest, linear, cubic };
enum class CoordinateMode {
    half_pixel,
    half_pixel_symmetric,
    pytorch_half_pixel,
    tf_half_pixel_for_nn,
    asymmetric,
    align_corners,
    tf_crop_and_resize
};
enum class NearestMode {
    round_prefer_floor,
    round_prefer_ceil,
    floor,
    ceil,
    simple  // ceil along axes that shrink, else floor: OpenVINO's name for what ONNX Runtime does before opset 11
};

inline constexpr std::int64_t kLargestSize = 1 << 24;  // of an axis that is resized: exact as a float

struct Interpolation {
    Filter filter = Filter::nearest;
    CoordinateMode coordinates = CoordinateMode::half_pixel;
    NearestMode nearest = NearestMode::round_prefer_floor;
    float cubic_coefficient = -0.75F;
    bool antialias = false;         // shrinking, the filter is stretched over all that an output position covers
    bool exclude_outside = false;   // taps outside of the tensor have no weight, instead of the border's values
    float extrapolation = 0;        // tf_crop_and_resize: what stands outside of the tensor
    std::vector<float> scales;      // [rank]
    std::vector<float> begin, end;  // [rank] tf_crop_and_resize: the part that is resized, 0..1
    Shape output;                   // [rank]
};

// The output's shape from `scales` (floor of size times scale). Error: a scale that is not positive or an output that is empty or too
// large.
Result<void> set_output_shape(const NodeView& node, Interpolation& interpolation);
// The values of a constant f32 input.
Result<std::vector<float>> constant_reals(const NodeView& node, std::size_t input, const char* what);

// What an output position is made of; none: it lies outside of the tensor.
struct Tap {
    std::int64_t index;
    float weight;
};
using Taps = std::vector<Tap>;

bool changes_axis(const Interpolation& interpolation, std::size_t axis, std::int64_t size);
// Of each position along an axis of `size`.
std::vector<Taps> taps_along(const Interpolation& interpolation, std::size_t axis, std::int64_t size);
// What a Resize does.
Result<Interpolation> resize_of(const NodeView& node);

// Of numbers of any type; whole ones are computed in fp32 unless they are only moved.
void interpolate(const Interpolation& interpolation, const octavo_tensor& from, const octavo_tensor& to);

}  // namespace octavo::ops
