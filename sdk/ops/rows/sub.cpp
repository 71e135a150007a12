// Sub: the difference of two tensors. Integers wrap around.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

struct Sub {
    float operator()(float a, float b) const { return a - b; }
    std::int64_t operator()(std::int64_t a, std::int64_t b) const {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
    }
};

}  // namespace

extern const Row sub_row;
const Row sub_row = {"Sub", 2, 2, Role::elementwise, {}, infer_binary, compute_binary<Sub>};

}  // namespace octavo::ops
