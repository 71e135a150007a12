// ArgMax: where the greatest value stands along an axis.
#include <functional>

#include "ops/arg_extreme.h"

namespace octavo::ops {

extern const Row arg_max_row;
const Row arg_max_row = {"ArgMax", 1, 1, Role::floating, kArgAttributes, infer_arg, compute_arg<std::greater<>>};

}  // namespace octavo::ops
