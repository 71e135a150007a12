// Mul: the product of two tensors. Integers wrap around.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row mul_row;
const Row mul_row = {"Mul", 2, 2, Role::elementwise, {}, infer_binary, compute_binary<std::multiplies<>>};

}  // namespace octavo::ops
