// Disjoint sets of 0..count-1 (union-find with path halving; Tarjan and van Leeuwen 1984). The least member stands for its set.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace octavo {

class DisjointSets {
public:
    explicit DisjointSets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

    std::size_t find(std::size_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    void join(std::size_t a, std::size_t b) {
        a = find(a);
        b = find(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::size_t> parent_;
};

}  // namespace octavo
