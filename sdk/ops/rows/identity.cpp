// Identity: the input itself; any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    return like_input(node);
}

}  // namespace

extern const Row identity_row;
const Row identity_row = {"Identity", 1, 1, Role::passes, {}, infer_types, compute_same_bytes};

}  // namespace octavo::ops
