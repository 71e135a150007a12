// Hardmax: 1 where the greatest value of a list stands, the first of equal ones, 0 elsewhere; lists are those of Softmax.
#include "ops/softmax.h"

namespace octavo::ops {

namespace {

void hardmax(const float* x, std::int64_t count, std::int64_t step, float* y) {
    std::int64_t best = 0;
    for (std::int64_t i = 1; i < count; ++i)
        if (x[i * step] > x[best * step]) best = i;
    for (std::int64_t i = 0; i < count; ++i) y[i * step] = i == best ? 1.0F : 0.0F;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return for_each_softmax(node, inputs, outputs, hardmax);
}

}  // namespace

extern const Row hardmax_row;
const Row hardmax_row = {"Hardmax", 1, 1, Role::floating, kSoftmaxAttributes, infer_softmax, compute};

}  // namespace octavo::ops
