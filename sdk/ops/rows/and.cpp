// And: whether both are true, for each pair of booleans.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row and_row;
const Row and_row = {"And", 2, 2, Role::floating, {}, infer_logic, compute_comparison<std::logical_and<>>};

}  // namespace octavo::ops
