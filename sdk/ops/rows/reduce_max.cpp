// ReduceMax: the greatest value along axes. Over no values it is minus infinity, or the least integer.
#include <limits>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceMax {
    using Limits = std::numeric_limits<T>;
    T value = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();

    void add(T x) {
        if (x > value || x != x) value = x;
    }
    T result() const { return value; }
};

}  // namespace

extern const Row reduce_max_row;
const Row reduce_max_row = {"ReduceMax", 1, 2, Role::floating, kReductionAttributes, infer_any_reduction, compute_reduction<ReduceMax>,
                            inputs_at(1)};

}  // namespace octavo::ops
