// ReduceMin: the least value along axes. Over no values it is infinity, or the greatest integer.
#include <limits>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceMin {
    using Limits = std::numeric_limits<T>;
    T value = Limits::has_infinity ? Limits::infinity() : Limits::max();

    void add(T x) {
        if (x < value || x != x) value = x;
    }
    T result() const { return value; }
};

}  // namespace

extern const Row reduce_min_row;
const Row reduce_min_row = {"ReduceMin", 1, 2, Role::floating, kReductionAttributes, infer_any_reduction, compute_reduction<ReduceMin>,
                            inputs_at(1)};

}  // namespace octavo::ops
