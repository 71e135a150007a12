// ReduceMean: the mean along axes, summed in double in memory order; of integers in 64 bits, cut towards zero, and 0 of none.
#include <functional>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceMean {
    T sum = 0;
    T count = 0;

    void add(T x) {
        sum = wrapping<std::plus<>>(sum, x);
        count += 1;
    }
    T result() const { return count == 0 && std::is_integral_v<T> ? 0 : sum / count; }
};

}  // namespace

extern const Row reduce_mean_row;
const Row reduce_mean_row = {"ReduceMean", 1, 2, Role::average, kReductionAttributes, infer_reduction, compute_reduction<ReduceMean>,
                             inputs_at(1)};

}  // namespace octavo::ops
