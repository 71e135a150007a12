// LessOrEqual: whether a <= b, for each pair of values of one type.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row less_or_equal_row;
const Row less_or_equal_row = {"LessOrEqual", 2, 2, Role::floating, {}, infer_comparison, compute_comparison<std::less_equal<>>};

}  // namespace octavo::ops
