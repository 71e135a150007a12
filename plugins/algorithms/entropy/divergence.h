// The Kullback-Leibler divergence between a histogram of magnitudes and what is left of it behind quantization, for every threshold: the
// procedure of NVIDIA, "8-bit inference with TensorRT" (GTC 2017), with zeros left out, levels matched to the sides that there are, bins
// given to levels without a remainder, and 64-bit counts.
#pragma once

#include <octavo/abi/algorithm.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo {

class Divergence {
public:
    explicit Divergence(const octavo_histogram& histogram);

    // Bins of magnitudes, up to the one that holds the greatest.
    std::size_t bins() const { return prefixes_.size() - 1; }
    double width() const { return width_; }
    // Of clipping behind the first `kept` bins, when their range is divided into `levels`; infinite where nothing lies in them.
    double at(std::size_t kept, std::size_t levels) const;

private:
    // Over all bins below an index.
    struct Prefix {
        std::uint64_t count = 0;
        std::uint64_t filled = 0;  // bins that hold something
        double entropy = 0;        // sum of count * log(count)
    };

    std::vector<Prefix> prefixes_;
    double width_ = 0;
};

}  // namespace octavo
