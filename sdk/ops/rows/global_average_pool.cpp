// GlobalAveragePool: the mean of each channel, summed in double.
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    Shape shape = node.input_shape(0);
    if (shape.size() < 3) return refusal(node, "input " + shape_text(shape) + " has no height and width");
    if (extent(shape, 2, shape.size()) == 0) return refusal(node, "input " + shape_text(shape) + " is empty");
    std::fill(shape.begin() + 2, shape.end(), 1);
    return one_output(OCTAVO_F32, shape);
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const std::int64_t size = extent(shape_of(inputs[0]), 2, static_cast<std::size_t>(inputs[0].rank));
    const float* plane = static_cast<const float*>(inputs[0].data);
    for (float& mean : values<float>(outputs[0])) {
        mean = static_cast<float>(std::accumulate(plane, plane + size, 0.0) / static_cast<double>(size));
        plane += size;
    }
    return {};
}

}  // namespace

extern const Row global_average_pool_row;
const Row global_average_pool_row = {"GlobalAveragePool", 1, 1, Role::average, {}, infer_types, compute};

}  // namespace octavo::ops
