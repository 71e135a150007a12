// Concatenation without copying: where all that reads a tensor can find it among the channels of the concatenation, its producer writes it
// there. Inception's branches are, and in a block of DenseNet each concatenation is among the channels of the last.
#pragma once

#include <cstdint>
#include <vector>

namespace octavo::onednn {

class Builder;

// A tensor's codes lie in those of `root`, from channel `offset` on; by default in their own.
struct Slice {
    std::int32_t root = -1;
    std::int64_t offset = 0;
};

// Of each tensor.
std::vector<Slice> find_slices(const Builder& builder);

}  // namespace octavo::onednn
