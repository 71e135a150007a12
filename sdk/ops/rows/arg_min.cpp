// ArgMin: where the least value stands along an axis.
#include <functional>

#include "ops/arg_extreme.h"

namespace octavo::ops {

extern const Row arg_min_row;
const Row arg_min_row = {"ArgMin", 1, 1, Role::floating, kArgAttributes, infer_arg, compute_arg<std::less<>>};

}  // namespace octavo::ops
