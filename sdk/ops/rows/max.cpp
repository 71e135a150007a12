// Max: the greatest of any number of tensors, value by value. A NaN anywhere is the result.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

struct Greater {
    template <class T>
    T operator()(T a, T b) const {
        return a < b || b != b ? b : a;
    }
};

}  // namespace

extern const Row max_row;
const Row max_row = {"Max", 1, -1, Role::elementwise, {}, infer_variadic, compute_variadic<Greater>};

}  // namespace octavo::ops
