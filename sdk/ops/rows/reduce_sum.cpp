// ReduceSum: the sum along axes, in double or 64-bit integers.
#include <functional>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceSum {
    T sum = 0;

    void add(T x) { sum = wrapping<std::plus<>>(sum, x); }
    T result() const { return sum; }
};

}  // namespace

extern const Row reduce_sum_row;
const Row reduce_sum_row = {"ReduceSum", 1, 2, Role::floating, kReductionAttributes, infer_reduction, compute_reduction<ReduceSum>,
                            inputs_at(1)};

}  // namespace octavo::ops
