// Min: the least of any number of tensors, value by value. A NaN anywhere is the result.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        map_all<T>(inputs, outputs, [](T a, T b) { return b < a || b != b ? b : a; });
    });
    return {};
}

}  // namespace

extern const Row min_row;
const Row min_row = {"Min", 1, -1, Role::elementwise, {}, infer_variadic, compute};

}  // namespace octavo::ops
