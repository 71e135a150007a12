// Greater: whether a > b, for each pair of values of one type.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row greater_row;
const Row greater_row = {"Greater", 2, 2, Role::floating, {}, infer_comparison, compute_comparison<std::greater<>>};

}  // namespace octavo::ops
