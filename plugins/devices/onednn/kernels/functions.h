// Functions of real numbers, value by value or over rows, for operators that no int8 kernel computes: near enough to the operator table's
// (a few units in the last place), the same on any number of threads. One source, functions.inc, compiled for each instruction set.
#pragma once

#include "kernels/values.h"

#include <cstdint>

namespace octavo::onednn {

enum class Function {
    gelu,
    gelu_by_tanh,
    erf,
    tanh,
    elu,
    softplus,
    mish,
    exp,
    log,
    sqrt,
    square,
    cube,
    reciprocal,
    reciprocal_root,
    absolute,
    negative
};

enum class Reduction { mean, sum, l2, maximum, minimum };

struct FunctionKernels {
    // `parameter`: elu's alpha.
    void (*apply)(Function function, float parameter, const float* from, float* to, std::int64_t count);
    // One row of a broadcast operation; an operand that does not move is one value.
    void (*combine)(Pointwise kind, const float* a, bool a_moves, const float* b, bool b_moves, float* to, std::int64_t count);
    // Of one row.
    void (*softmax)(const float* from, float* to, std::int64_t count, bool logarithm);
    float (*reduce)(Reduction reduction, const float* from, std::int64_t count);
    // The same for `count` rows that lie `stride` apart, value by value into to[width].
    void (*reduce_rows)(Reduction reduction, const float* from, std::int64_t count, std::int64_t stride, std::int64_t width, float* to);
};

const FunctionKernels& function_kernels();

}  // namespace octavo::onednn
