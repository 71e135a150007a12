// ReduceLogSumExp: the logarithm of the sum of e^x along axes, in double and relative to the greatest x so far, so that nothing overflows.
#include <cmath>
#include <limits>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceLogSumExp {
    T greatest = -std::numeric_limits<T>::infinity();
    T sum = 0;  // of e^(x - greatest)

    void add(T x) {
        if (x > greatest) {
            sum = sum * std::exp(greatest - x) + 1;
            greatest = x;
        } else if (x == greatest) {
            sum += 1;
        } else {
            sum += std::exp(x - greatest);
        }
    }
    T result() const { return greatest + std::log(sum); }
};

}  // namespace

extern const Row reduce_log_sum_exp_row;
const Row reduce_log_sum_exp_row = {
    "ReduceLogSumExp", 1, 2, Role::floating, kReductionAttributes, infer_float_reduction, compute_float_reduction<ReduceLogSumExp>,
    inputs_at(1)};

}  // namespace octavo::ops
