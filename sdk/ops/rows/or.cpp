// Or: whether at least one is true, for each pair of booleans.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row or_row;
const Row or_row = {"Or", 2, 2, Role::floating, {}, infer_logic, compute_comparison<std::logical_or<>>};

}  // namespace octavo::ops
