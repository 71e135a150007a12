// ReduceSumSquare: the sum of squares along axes, in double or 64-bit integers.
#include <functional>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceSumSquare {
    T sum = 0;

    void add(T x) { sum = wrapping<std::plus<>>(sum, wrapping<std::multiplies<>>(x, x)); }
    T result() const { return sum; }
};

}  // namespace

extern const Row reduce_sum_square_row;
const Row reduce_sum_square_row = {
    "ReduceSumSquare", 1, 2, Role::floating, kReductionAttributes, infer_reduction, compute_reduction<ReduceSumSquare>, inputs_at(1)};

}  // namespace octavo::ops
