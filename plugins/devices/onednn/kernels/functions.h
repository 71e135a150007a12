// Functions of real numbers, value by value or over rows, for operators that no int8 kernel computes: near enough to the operator table's
// (a few units in the last place), the same on any number of threads. One source, functions.inc, compiled for each instruction set.
#pragma once

#include "kernels/values.h"

#include <cstdint>

namespace octavo::onednn {

enum class Function {
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

constexpr std::int64_t kColumns = 64;

// `width` values side by side in each of `count` rows, which lie `stride` apart.
struct Columns {
    std::int64_t count, stride, width;
};

struct Normal {
    const float* scale;
    const float* bias;
    double epsilon;
};

struct FunctionKernels {
    // `parameter`: elu's alpha.
    void (*apply)(Function function, float parameter, const float* from, float* to, std::int64_t count);
    // One row of a broadcast operation; an operand that does not move is one value.
    void (*combine)(Pointwise kind, const float* a, bool a_moves, const float* b, bool b_moves, float* to, std::int64_t count);
    // Of one row.
    void (*softmax)(const float* from, float* to, std::int64_t count, bool logarithm);
    // The same down at most kColumns columns.
    void (*softmax_columns)(const float* from, float* to, const Columns& columns, bool logarithm);
    float (*reduce)(Reduction reduction, const float* from, std::int64_t count);
    // The same down at most kColumns columns, into to[width].
    void (*reduce_columns)(Reduction reduction, const float* from, const Columns& columns, float* to);
    // Planes of `count` values less the mean of them all, divided by their deviation, each times scale[plane] plus bias[plane].
    void (*normalize_group)(const float* from, float* to, std::int64_t planes, std::int64_t count, const Normal& normal);
    // The sums of each channel over pixels of the operand, as it lies there from its first value on, into to[0 .. channels), and those of
    // the squares behind them. Of codes as they are, exact.
    void (*moments)(const Operand& from, std::int64_t pixels, std::int64_t channels, double* to);
    // A row less its mean, divided by its deviation, times scale[i] plus bias[i].
    void (*normalize_layer)(const float* from, float* to, std::int64_t count, const Normal& normal);
    // to[i] = the sum of from[k][i] * weights[k], added up in order.
    void (*weigh)(const float* const* from, const float* weights, std::int64_t terms, float* to, std::int64_t count);
};

const FunctionKernels& function_kernels();

}  // namespace octavo::onednn
