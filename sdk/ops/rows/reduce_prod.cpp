// ReduceProd: the product along axes, in double or 64-bit integers.
#include <functional>

#include "ops/reduce.h"

namespace octavo::ops {

namespace {

template <class T>
struct ReduceProd {
    T product = 1;

    void add(T x) { product = wrapping<std::multiplies<>>(product, x); }
    T result() const { return product; }
};

}  // namespace

extern const Row reduce_prod_row;
const Row reduce_prod_row = {"ReduceProd", 1, 2, Role::floating, kReductionAttributes, infer_reduction, compute_reduction<ReduceProd>,
                             inputs_at(1)};

}  // namespace octavo::ops
