// LogSoftmax: x less the logarithm of the sum of e^x. Sums in double.
#include <algorithm>
#include <cmath>

#include "ops/softmax.h"

namespace octavo::ops {

namespace {

void log_softmax(const float* x, std::int64_t count, std::int64_t step, float* y) {
    float largest = x[0];
    for (std::int64_t i = 1; i < count; ++i) largest = std::max(largest, x[i * step]);
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += std::exp(static_cast<double>(x[i * step]) - static_cast<double>(largest));
    const double shift = static_cast<double>(largest) + std::log(sum);
    for (std::int64_t i = 0; i < count; ++i) y[i * step] = static_cast<float>(static_cast<double>(x[i * step]) - shift);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return for_each_softmax(node, inputs, outputs, log_softmax);
}

}  // namespace

extern const Row log_softmax_row;
const Row log_softmax_row = {"LogSoftmax", 1, 1, Role::floating, kSoftmaxAttributes, infer_softmax, compute};

}  // namespace octavo::ops
