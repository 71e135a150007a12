// ReduceMean: the mean along axes, summed in double in memory order.
#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceMean {
    T sum = 0;
    T count = 0;

    void add(T x) {
        sum += x;
        count += 1;
    }
    T result() const { return sum / count; }
};

}  // namespace

extern const Row reduce_mean_row;
const Row reduce_mean_row = {
    "ReduceMean", 1, 2, Role::average, kReductionAttributes, infer_float_reduction, compute_float_reduction<ReduceMean>, inputs_at(1)};

}  // namespace octavo::ops
