// Less: whether a < b, for each pair of values of one type.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row less_row;
const Row less_row = {"Less", 2, 2, Role::floating, {}, infer_comparison, compute_comparison<std::less<>>};

}  // namespace octavo::ops
