// Add: the sum of two tensors. Integers wrap around.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row add_row;
const Row add_row = {"Add", 2, 2, Role::elementwise, {}, infer_binary, compute_binary<std::plus<>>};

}  // namespace octavo::ops
