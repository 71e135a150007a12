// The mask that a Trilu is where a format has no such operator.
#pragma once

#include "core/graph/graph.h"

namespace octavo {

// 1 where a value of the matrix (the last two dimensions) stays: on the diagonal, and above it, or with `upper` false below it. The main
// diagonal is 0, positive ones lie above.
inline std::vector<std::uint8_t> triangle(const Shape& matrix, std::int64_t diagonal, bool upper) {
    std::vector<std::uint8_t> stays;
    for (std::int64_t row = 0; row < matrix[matrix.size() - 2]; ++row)
        for (std::int64_t column = 0; column < matrix.back(); ++column)
            stays.push_back(upper ? column - row >= diagonal : column - row <= diagonal);
    return stays;
}

}  // namespace octavo
