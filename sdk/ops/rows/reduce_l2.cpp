// ReduceL2: the square root of the sum of squares along axes, in double.
#include <cmath>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceL2 {
    T sum = 0;

    void add(T x) { sum += x * x; }
    T result() const { return std::sqrt(sum); }
};

}  // namespace

extern const Row reduce_l2_row;
const Row reduce_l2_row = {
    "ReduceL2", 1, 2, Role::floating, kReductionAttributes, infer_float_reduction, compute_float_reduction<ReduceL2>, inputs_at(1)};

}  // namespace octavo::ops
