// Softmax: e^x over its sum. Sums in double.
#include <algorithm>
#include <cmath>

#include "ops/softmax.h"

namespace octavo::ops {

namespace {

void softmax(const float* x, std::int64_t count, std::int64_t step, float* y) {
    float largest = x[0];
    for (std::int64_t i = 1; i < count; ++i) largest = std::max(largest, x[i * step]);
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        y[i * step] = std::exp(x[i * step] - largest);
        sum += static_cast<double>(y[i * step]);
    }
    for (std::int64_t i = 0; i < count; ++i) y[i * step] = static_cast<float>(static_cast<double>(y[i * step]) / sum);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return for_each_softmax(node, inputs, outputs, softmax);
}

}  // namespace

extern const Row softmax_row;
const Row softmax_row = {"Softmax", 1, 1, Role::floating, kSoftmaxAttributes, infer_softmax, compute};

}  // namespace octavo::ops
