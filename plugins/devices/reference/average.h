// int8 AveragePool, GlobalAveragePool and ReduceMean over height and width: exact integer sums, then float(sum) * (scale / float(count)).
#pragma once

#include <ops/op.h>

#include "grid.h"

namespace octavo::reference {

// `codes` are those of input 0 on `grid`.
Result<void> run_average(const ops::NodeView& node, const Grid& grid, std::span<const std::uint8_t> codes, std::span<float> output);

}  // namespace octavo::reference
