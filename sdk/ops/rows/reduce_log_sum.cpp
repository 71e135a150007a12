// ReduceLogSum: the logarithm of the sum along axes, in double.
#include <cmath>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceLogSum {
    T sum = 0;

    void add(T x) { sum += x; }
    T result() const { return std::log(sum); }
};

}  // namespace

extern const Row reduce_log_sum_row;
const Row reduce_log_sum_row = {
    "ReduceLogSum", 1, 2, Role::floating, kReductionAttributes, infer_float_reduction, compute_float_reduction<ReduceLogSum>, inputs_at(1)};

}  // namespace octavo::ops
