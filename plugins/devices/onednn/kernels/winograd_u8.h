// Own int8 convolution, 3x3 with stride 1, by Winograd's F(4x4, 3x3) in integers: a tile of 4x4 outputs takes 36 products of 16-bit words a
// channel instead of 144 of bytes, and the sums are those of any other kernel to the bit (docs/decisions/0013).
//
// A code less its zero point, spread by B^T over a tile of 6x6, is at most 25500; a weight, spread by whole multiples of the rows of G, at
// most 18432. What A^T gathers is 576 times the sum, in 32 bits that may wrap. 576 is 9 * 64: times the inverse of 9 and shifted by 6 it is
// the sum itself, provided that 26 bits hold that. Where they might not, conv_u8.h serves.
//
// Weights stay bytes in memory and are spread in each run, by blocks of output channels. Threads divide the tiles, and each spreads weights
// and codes for itself: all weights first where they fit into a cache then, else block after block for a chunk of tiles. Where tiles are too
// few for that they spread a chunk of them together and divide the blocks.
#pragma once

#include "kernels/winograd_tiles.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo::onednn {

inline constexpr int kTurnTiles = 24;  // that are multiplied before they are gathered

// Where the sum of a plane's products lies, for a tile and a lane.
constexpr std::size_t product_at(std::size_t plane, std::size_t tile, std::size_t lane) {
    constexpr std::size_t kTogether = kTilePixels / kTurnTiles;
    return plane / kTogether * kTilePixels * kMostLanes + sum_at(plane % kTogether * kTurnTiles + tile, lane);
}
// Words between what lies a power of two apart, so that it is in different sets of a cache.
inline constexpr std::int64_t kApart = 32;
// From a plane of spread weights to the next.
constexpr std::int64_t weight_plane(std::int64_t steps, std::int64_t lanes) {
    return steps * lanes * 2 + kApart;
}

// What one instruction set does; words are s16.
struct WinogradKernels {
    std::int64_t least_channels = 0;  // of the input: a vector of words
    double cost = 1;                  // of the products alone, as a share of all that ConvU8 does
    // To [plane][channel] from the pixels of a tile, of `channels` codes each.
    void (*spread)(const std::uint8_t* const* pixels, std::int64_t channels, std::int16_t zero_point, std::int16_t* to) = nullptr;
    // From [step][sixteen lanes][place of the kernel][lane][2] to what `multiply` reads, plane after plane.
    void (*spread_weights)(const std::int8_t* from, std::int64_t steps, std::int64_t lanes, std::int16_t* to) = nullptr;
    Micro multiply = nullptr;  // steps of two words; MicroWork::weights are those of a plane
    // A tile's 16 sums from its products: those of output row y at pixels place .. place + 3 (sum_at) of rows[y].
    void (*gather)(const std::int32_t* products, int tile, int lanes, std::int32_t* const* rows, int place) = nullptr;
};

class WinogradU8 {
public:
    // Whether this CPU has the kernels, the sums fit and it is the faster way. weights and zero_point as for ConvU8.
    static bool serves(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point);

    // For what it serves.
    WinogradU8(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point, int threads);

    // As ConvU8's.
    void run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const;
    const char* form() const { return "winograd_u8:"; }
    std::size_t weight_bytes() const { return weights_.size() + border_.size() + step_offset_.size() * sizeof(std::int32_t); }
    std::size_t scratch_bytes() const { return shared_bytes_ + own_bytes_ * static_cast<std::size_t>(threads_); }
    void set_scratch(std::byte* scratch) { scratch_ = scratch; }

private:
    struct Source {
        const std::uint8_t* first;
        std::int64_t stride;
    };
    struct Finish {
        const Epilogue& epilogue;
        EpilogueFunction function;
    };
    void plan_work();
    void pack(const std::int8_t* weights);
    void run_by_tiles(Team& team, const Source& source, const Finish& finish) const;
    void run_by_blocks(Team& team, const Source& source, const Finish& finish) const;
    std::int64_t spread_at(std::size_t block) const;
    void spread_weights(const LaneBlock& block, std::int16_t* to) const;
    void spread(const Range& tiles, const Source& source, std::int16_t* to) const;
    void run_turn(const LaneBlock& block, const Range& tiles, const std::int16_t* codes, const std::int16_t* weights, std::int32_t* sums,
                  const Finish& finish) const;
    void multiply(const LaneBlock& block, const Range& tiles, const std::int16_t* codes, const std::int16_t* weights,
                  std::int32_t* products) const;
    void gather(const LaneBlock& block, const Range& tiles, std::int32_t* sums, const Finish& finish) const;
    std::int16_t* own_words(int thread) const { return reinterpret_cast<std::int16_t*>(own(thread)); }
    std::int32_t* own_sums(int thread) const { return reinterpret_cast<std::int32_t*>(own(thread) + word_bytes_); }
    std::byte* own(int thread) const { return scratch_ + shared_bytes_ + own_bytes_ * static_cast<std::size_t>(thread); }

    ConvShape shape_;
    const ConvKernels* kernels_;
    std::int16_t zero_point_;
    WinogradTiles tiles_;
    std::int64_t steps_, pitch_;  // pitch: words from a tile's spread codes to the next one's
    int threads_;
    bool by_tiles_ = false;
    std::int64_t chunks_ = 1, parts_ = 1;  // of tiles; of a chunk's tiles by which threads divide a block
    std::vector<LaneBlock> blocks_;
    std::vector<std::int8_t> weights_;  // [block][step][sixteen lanes][place of the kernel][lane][2]
    std::vector<std::int32_t> step_offset_;
    std::vector<std::uint8_t> border_;  // a pixel of zero points
    // Scratch: codes of a chunk, then for each thread its own words (weights, and behind `weight_bytes_` of them its codes) and sums.
    std::size_t shared_bytes_ = 0, own_bytes_ = 0, word_bytes_ = 0, weight_bytes_ = 0;
    std::byte* scratch_ = nullptr;
};

}  // namespace octavo::onednn
