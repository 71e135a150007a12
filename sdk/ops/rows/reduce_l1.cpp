// ReduceL1: the sum of absolute values along axes, in double or 64-bit integers.
#include <functional>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceL1 {
    T sum = 0;

    void add(T x) { sum = x < 0 ? wrapping<std::minus<>>(sum, x) : wrapping<std::plus<>>(sum, x); }
    T result() const { return sum; }
};

}  // namespace

extern const Row reduce_l1_row;
const Row reduce_l1_row = {"ReduceL1",  1, 2, Role::floating, kReductionAttributes, infer_reduction, compute_reduction<ReduceL1>,
                           inputs_at(1)};

}  // namespace octavo::ops
