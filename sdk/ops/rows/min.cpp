// Min: the least of any number of tensors, value by value. A NaN anywhere is the result.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

struct Lesser {
    template <class T>
    T operator()(T a, T b) const {
        return b < a || b != b ? b : a;
    }
};

}  // namespace

extern const Row min_row;
const Row min_row = {"Min", 1, -1, Role::elementwise, {}, infer_variadic, compute_variadic<Lesser>};

}  // namespace octavo::ops
