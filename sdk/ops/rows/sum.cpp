// Sum: the sum of any number of tensors, value by value in their order. Integers wrap around.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        using Wide = std::conditional_t<std::is_same_v<T, float>, float, std::uint64_t>;
        map_all<T>(inputs, outputs, [](T a, T b) { return static_cast<T>(static_cast<Wide>(a) + static_cast<Wide>(b)); });
    });
    return {};
}

}  // namespace

extern const Row sum_row;
const Row sum_row = {"Sum", 1, -1, Role::elementwise, {}, infer_variadic, compute};

}  // namespace octavo::ops
