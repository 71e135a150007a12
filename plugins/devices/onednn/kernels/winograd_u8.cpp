#include "kernels/winograd_u8.h"

#include <algorithm>
#include <numeric>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kKeptWeights = 300'000;   // words of spread weights that stay in an L2 cache
constexpr std::int64_t kChunkCodes = 1'000'000;  // words of spread codes that two threads read from a common cache
constexpr std::int64_t kChunkTiles = 96;         // at least, since for each chunk all weights are spread
constexpr std::int64_t kOwnTiles = 40;           // of a thread, for whose products alone it repays to spread weights that do not stay
constexpr std::int64_t kManyChannels = 256;      // of the input: fewer lanes, so that a block's spread weights nearly stay
constexpr std::int64_t kSumLimit = 1 << 25;      // of sums that 26 bits hold
constexpr double kServes = 0.92;                 // of ConvU8's time
constexpr std::size_t kProducts = product_at(kPlanes, 0, 0), kRow = std::size_t{kTilePixels} * kMostLanes;

bool sums_fit(const ConvShape& shape, const std::int8_t* weights, std::int64_t zero_point) {
    const std::int64_t each = shape.input_c * 9;
    for (std::int64_t channel = 0; channel < shape.output_c; ++channel, weights += each) {
        std::int64_t positive = 0, negative = 0;
        for (std::int64_t k = 0; k < each; ++k) (weights[k] > 0 ? positive : negative) += weights[k];
        const std::int64_t most = positive * (255 - zero_point) - negative * zero_point;
        const std::int64_t least = negative * (255 - zero_point) - positive * zero_point;
        if (std::max(most, -least) >= kSumLimit) return false;
    }
    return true;
}

// As a share of ConvU8's time: products, and beside them what is done once an input channel and tile, once an output channel and tile, and
// once a weight. Measured (docs/performance.md).
double estimated_cost(const ConvShape& s, double products) {
    const auto tiles = static_cast<double>(WinogradTiles(s).count());
    const auto outputs = static_cast<double>(s.batch * s.output_h * s.output_w);
    const double codes = 8.0 / static_cast<double>(s.output_c), sums = 15.0 / static_cast<double>(s.input_c), weights = 3.0 / tiles;
    return products * 16.0 * tiles / outputs * (1.0 + codes + sums + weights);
}

}  // namespace

bool WinogradU8::serves(const ConvShape& s, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point) {
    const WinogradKernels& kernels = *conv_kernels().winograd;
    if (!WinogradTiles::fit(s) || s.input_c % 2 != 0 || s.input_c < kernels.least_channels || zero_point.size() != 1) return false;
    return estimated_cost(s, kernels.cost) < kServes && sums_fit(s, weights, zero_point[0]);
}

WinogradU8::WinogradU8(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point, int threads)
    : shape_(shape),
      kernels_(&conv_kernels()),
      zero_point_(static_cast<std::int16_t>(zero_point[0])),
      tiles_(shape),
      steps_(shape.input_c / 2),
      pitch_(kPlanes * shape.input_c + kApart),
      threads_(std::max(1, threads)),
      border_(static_cast<std::size_t>(shape.input_c), static_cast<std::uint8_t>(zero_point[0])) {
    for (std::int64_t step = 0; step < steps_; ++step) step_offset_.push_back(static_cast<std::int32_t>(4 * step));
    plan_work();
    pack(weights);
}

void WinogradU8::plan_work() {
    const std::int64_t tiles = tiles_.count(), units = parts_of(shape_.output_c, 16), threads = threads_;
    by_tiles_ = kPlanes * weight_plane(steps_, 16 * units) <= kKeptWeights && tiles >= threads * kTurnTiles;
    const auto bytes = [](std::int64_t words) { return static_cast<std::size_t>(round_up(words * 2, 64)); };
    if (by_tiles_) {
        blocks_ = cut_lanes({.outputs = shape_.output_c, .most_lanes = kMostLanes}).blocks;
        parts_ = threads;
        weight_bytes_ = bytes(spread_at(blocks_.size() - 1) + kPlanes * weight_plane(steps_, blocks_.back().lanes));
        word_bytes_ = weight_bytes_ + bytes(kTurnTiles * pitch_);
    } else {
        const std::int64_t shares = tiles < threads * kOwnTiles ? std::gcd(units, threads) : 1;
        const std::int64_t lanes = shape_.input_c < kManyChannels ? kMostLanes : kMostLanes / 2;
        blocks_ = cut_lanes({.outputs = shape_.output_c, .most_lanes = lanes, .shares = shares}).blocks;
        parts_ = threads / shares;
        const std::int64_t most = std::max(kChunkCodes / pitch_, kChunkTiles);
        chunks_ = parts_of(tiles, most);
        shared_bytes_ = bytes(parts_of(tiles, chunks_) * pitch_);
        word_bytes_ = bytes(kPlanes * weight_plane(steps_, lanes));
    }
    own_bytes_ = word_bytes_ + (kProducts + kTile * kRow) * sizeof(std::int32_t);
}

void WinogradU8::pack(const std::int8_t* weights) {
    const std::int64_t inputs = shape_.input_c;
    const LaneBlock& last = blocks_.back();
    weights_.assign(static_cast<std::size_t>((last.lane + last.lanes) * 9 * inputs), 0);
    for (const LaneBlock& block : blocks_) {
        std::int8_t* to = weights_.data() + block.lane * 9 * inputs;
        for (std::int64_t lane = 0; lane < block.channels; ++lane)
            for (std::int64_t ic = 0; ic < inputs; ++ic)
                for (std::int64_t place = 0; place < 9; ++place)
                    to[((ic / 2 * block.lanes + lane / 16 * 16) * 9 + place * 16 + lane % 16) * 2 + ic % 2] =
                        weights[((block.channel + lane) * inputs + ic) * 9 + place];
    }
}

void WinogradU8::run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const {
    const Finish finish = {epilogue, kernels_->choose_epilogue(epilogue)};
    by_tiles_ ? run_by_tiles(team, {src, src_stride}, finish) : run_by_blocks(team, {src, src_stride}, finish);
}

// Of all spread weights together, where a block's begin.
std::int64_t WinogradU8::spread_at(std::size_t block) const {
    return kPlanes * (blocks_[block].lane * steps_ * 2 + static_cast<std::int64_t>(block) * kApart);
}

void WinogradU8::run_by_tiles(Team& team, const Source& source, const Finish& finish) const {
    team.share(parts_, [&](std::int64_t task, int thread) {
        std::int16_t *const weights = own_words(thread), *const codes = weights + weight_bytes_ / sizeof(std::int16_t);
        for (std::size_t block = 0; block < blocks_.size(); ++block) spread_weights(blocks_[block], weights + spread_at(block));
        const Range part = Range{0, tiles_.count()}.part(task, parts_);
        const std::int64_t turns = parts_of(part.count(), kTurnTiles);
        for (std::int64_t turn = 0; turn < turns; ++turn) {
            const Range some = part.part(turn, turns);
            spread(some, source, codes);
            for (std::size_t block = 0; block < blocks_.size(); ++block)
                run_turn(blocks_[block], some, codes, weights + spread_at(block), own_sums(thread), finish);
        }
    });
}

void WinogradU8::run_by_blocks(Team& team, const Source& source, const Finish& finish) const {
    auto* codes = reinterpret_cast<std::int16_t*>(scratch_);
    for (std::int64_t index = 0; index < chunks_; ++index) {
        const Range chunk = Range{0, tiles_.count()}.part(index, chunks_);
        const auto codes_of = [&](const Range& tiles) { return codes + (tiles.first - chunk.first) * pitch_; };
        team.share(threads_, [&](std::int64_t task, int) {
            const Range tiles = chunk.part(task, threads_);
            spread(tiles, source, codes_of(tiles));
        });
        team.share(static_cast<std::int64_t>(blocks_.size()) * parts_, [&](std::int64_t task, int thread) {
            const auto blocks = static_cast<std::int64_t>(blocks_.size());
            const LaneBlock& block = blocks_[static_cast<std::size_t>(task % blocks)];
            spread_weights(block, own_words(thread));
            const Range tiles = chunk.part(task / blocks, parts_);
            const std::int64_t turns = parts_of(tiles.count(), kTurnTiles);
            for (std::int64_t turn = 0; turn < turns; ++turn) {
                const Range some = tiles.part(turn, turns);
                run_turn(block, some, codes_of(some), own_words(thread), own_sums(thread), finish);
            }
        });
    }
}

void WinogradU8::spread_weights(const LaneBlock& block, std::int16_t* to) const {
    kernels_->winograd->spread_weights(weights_.data() + block.lane * 9 * shape_.input_c, steps_, block.lanes, to);
}

void WinogradU8::spread(const Range& tiles, const Source& source, std::int16_t* to) const {
    const std::uint8_t* pixels[kPlanes];
    for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile, to += pitch_) {
        tiles_.find_pixels(tile, source.first, source.stride, border_.data(), pixels);
        kernels_->winograd->spread(pixels, shape_.input_c, zero_point_, to);
    }
}

void WinogradU8::run_turn(const LaneBlock& block, const Range& tiles, const std::int16_t* codes, const std::int16_t* weights,
                          std::int32_t* sums, const Finish& finish) const {
    multiply(block, tiles, codes, weights, sums);
    gather(block, tiles, sums, finish);
}

void WinogradU8::multiply(const LaneBlock& block, const Range& tiles, const std::int16_t* codes, const std::int16_t* weights,
                          std::int32_t* products) const {
    const std::byte* at[kTurnTiles];
    for (std::int64_t tile = 0; tile < tiles.count(); ++tile) at[tile] = reinterpret_cast<const std::byte*>(codes + tile * pitch_);
    MicroWork work;
    work.pixels = static_cast<int>(tiles.count());
    work.lanes = block.lanes;
    work.pixel = at;
    work.step_offset = step_offset_.data();
    work.steps = static_cast<int>(steps_);
    for (std::size_t plane = 0; plane < kPlanes; ++plane, weights += weight_plane(steps_, block.lanes)) {
        work.base = static_cast<std::int64_t>(plane) * shape_.input_c * 2;
        work.weights = reinterpret_cast<const std::int8_t*>(weights);
        kernels_->winograd->multiply(work, products + product_at(plane, 0, 0));
    }
}

// Neighbouring tiles together, since an epilogue likes long rows. `sums`: products, and behind them room for rows of sums.
void WinogradU8::gather(const LaneBlock& block, const Range& tiles, std::int32_t* sums, const Finish& finish) const {
    const ConvShape& s = shape_;
    std::int32_t* rows[kTile];
    for (std::size_t row = 0; row < kTile; ++row) rows[row] = sums + kProducts + row * kRow;
    for (std::int64_t tile = tiles.first, next; tile < tiles.last; tile = next) {
        const WinogradTiles::Place place = tiles_.first_output(tile);
        next = std::min(tiles.last, tile + tiles_.columns() - place.x / kTile);
        for (std::int64_t t = tile; t < next; ++t)
            kernels_->winograd->gather(sums, static_cast<int>(t - tiles.first), block.lanes, rows, static_cast<int>(kTile * (t - tile)));
        const auto pixels = static_cast<int>(std::min(kTile * (next - tile), s.output_w - place.x));
        for (std::int64_t y = place.y; y < std::min(place.y + kTile, s.output_h); ++y)
            finish.function(finish.epilogue, rows[y - place.y], (place.image * s.output_h + y) * s.output_w + place.x, pixels,
                            block.channel, block.channels);
    }
}

}  // namespace octavo::onednn
