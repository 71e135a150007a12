// MeanVarianceNormalization: each value less the mean along some axes and divided by the deviation there plus 1e-9; in double.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axes", OCTAVO_ATTRIBUTE_INTS, "0, 2, 3"}};

Result<Shape> kept_shape(const NodeView& node) {
    Shape shape = node.input_shape(0);
    OCTAVO_TRY(const std::vector<std::int64_t> axes, resolve_axes(node, node.integers("axes", {0, 2, 3}), shape.size()));
    for (const std::int64_t axis : axes) shape[static_cast<std::size_t>(axis)] = 1;
    return shape;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(kept_shape(node));
    return infer_float_like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    OCTAVO_TRY(const Shape kept, kept_shape(node));
    const auto places = static_cast<std::size_t>(element_count(kept));
    const std::span<const float> x = values<const float>(inputs[0]);
    if (x.empty()) return {};
    const Shape strides = broadcast_strides(kept, shape);
    const std::int64_t step = strides.empty() ? 0 : strides.back();
    // each(x, place) of all values in order
    const auto walk = [&](auto&& each) {
        std::size_t at = 0;
        for_each_run<1>(shape, {strides}, [&](const std::array<std::int64_t, 1>& offset, std::int64_t length) {
            for (std::int64_t i = 0; i < length; ++i) each(at++, static_cast<std::size_t>(offset[0] + i * step));
        });
    };
    const auto number = static_cast<double>(x.size() / places);
    std::vector<double> mean(places), deviation(places);
    walk([&](std::size_t at, std::size_t place) { mean[place] += static_cast<double>(x[at]); });
    for (double& sum : mean) sum /= number;
    walk([&](std::size_t at, std::size_t place) { deviation[place] += std::pow(static_cast<double>(x[at]) - mean[place], 2); });
    for (double& squares : deviation) squares = std::sqrt(squares / number) + 1e-9;
    const std::span<float> y = values<float>(outputs[0]);
    walk([&](std::size_t at, std::size_t place) {
        y[at] = static_cast<float>((static_cast<double>(x[at]) - mean[place]) / deviation[place]);
    });
    return {};
}

}  // namespace

extern const Row mean_variance_normalization_row;
const Row mean_variance_normalization_row = {"MeanVarianceNormalization", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
