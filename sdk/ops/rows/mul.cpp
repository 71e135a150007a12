// Mul: the product of two tensors. Integers wrap around.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

struct Mul {
    float operator()(float a, float b) const { return a * b; }
    std::int64_t operator()(std::int64_t a, std::int64_t b) const {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    }
};

}  // namespace

extern const Row mul_row;
const Row mul_row = {"Mul", 2, 2, Role::elementwise, {}, infer_binary, compute_binary<Mul>};

}  // namespace octavo::ops
