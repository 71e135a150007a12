// Sub: the difference of two tensors. Integers wrap around.
#include <functional>

#include "ops/binary.h"

namespace octavo::ops {

extern const Row sub_row;
const Row sub_row = {"Sub", 2, 2, Role::elementwise, {}, infer_binary, compute_binary<std::minus<>>};

}  // namespace octavo::ops
