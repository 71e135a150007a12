// Xor: whether exactly one is true, for each pair of booleans.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row xor_row;
const Row xor_row = {"Xor", 2, 2, Role::floating, {}, infer_logic, compute_comparison<std::not_equal_to<>>};

}  // namespace octavo::ops
