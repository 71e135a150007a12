// Sum: the sum of any number of tensors, value by value in their order. Integers wrap around.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

namespace {

struct Plus {
    template <class T>
    T operator()(T a, T b) const {
        return wrapping<std::plus<>>(a, b);
    }
};

}  // namespace

extern const Row sum_row;
const Row sum_row = {"Sum", 1, -1, Role::elementwise, {}, infer_variadic, compute_variadic<Plus>};

}  // namespace octavo::ops
