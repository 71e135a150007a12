// Equal: whether two values are equal, for each pair of values of one type.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row equal_row;
const Row equal_row = {"Equal", 2, 2, Role::floating, {}, infer_comparison, compute_comparison<std::equal_to<>>};

}  // namespace octavo::ops
