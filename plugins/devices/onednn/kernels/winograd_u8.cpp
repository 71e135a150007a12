#include "kernels/winograd_u8.h"

#include <algorithm>
#include <numeric>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kKeptWeights = 300'000;   // words of spread weights that stay in an L2 cache
constexpr std::int64_t kChunkCodes = 1'000'000;  // words of spread codes that two threads read from a common cache
constexpr std::int64_t kChunkTiles = 96;         // at least, since for each chunk all weights are spread
constexpr std::int64_t kManyChannels = 256;      // of the input: fewer lanes, so that a block's spread weights nearly stay
constexpr std::int64_t kSumLimit = 1 << 25;      // of sums that 26 bits hold
constexpr double kServes = 0.92;                 // of ConvU8's time
constexpr std::size_t kProducts = product_at(kPlanes, 0, 0), kRow = std::size_t{kTilePixels} * kMostLanes;

std::size_t whole_lines(std::size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

std::int64_t tiles_across(std::int64_t outputs) {
    return (outputs + 3) / 4;
}

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
    const auto tiles = static_cast<double>(s.batch * tiles_across(s.output_h) * tiles_across(s.output_w));
    const auto outputs = static_cast<double>(s.batch * s.output_h * s.output_w);
    const double codes = 8.0 / static_cast<double>(s.output_c), sums = 15.0 / static_cast<double>(s.input_c), weights = 3.0 / tiles;
    return products * 16.0 * tiles / outputs * (1.0 + codes + sums + weights);
}

}  // namespace

bool WinogradU8::serves(const ConvShape& s, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point) {
    const WinogradKernels& kernels = *conv_kernels().winograd;
    const bool plain = s.kernel_h == 3 && s.kernel_w == 3 && s.stride_h == 1 && s.stride_w == 1 && s.dilation_h == 1 && s.dilation_w == 1;
    if (!plain || s.groups != 1 || s.input_c % 2 != 0 || s.input_c < kernels.least_channels || zero_point.size() != 1) return false;
    return estimated_cost(s, kernels.cost) < kServes && sums_fit(s, weights, zero_point[0]);
}

WinogradU8::WinogradU8(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point, int threads)
    : shape_(shape),
      kernels_(&conv_kernels()),
      zero_point_(static_cast<std::int16_t>(zero_point[0])),
      tile_rows_(tiles_across(shape.output_h)),
      tile_columns_(tiles_across(shape.output_w)),
      steps_(shape.input_c / 2),
      pitch_(kPlanes * shape.input_c + 32),  // lines of tiles in different sets of a cache
      threads_(std::max(1, threads)),
      border_(static_cast<std::size_t>(shape.input_c), static_cast<std::uint8_t>(zero_point[0])) {
    for (std::int64_t step = 0; step < steps_; ++step) step_offset_.push_back(static_cast<std::int32_t>(4 * step));
    plan_work();
    pack(weights);
}

void WinogradU8::plan_work() {
    const std::int64_t tiles = shape_.batch * tile_rows_ * tile_columns_, units = (shape_.output_c + 15) / 16, threads = threads_;
    const std::int64_t all_weights = kPlanes * weight_plane(steps_, 16 * units);
    by_tiles_ = all_weights <= kKeptWeights && tiles >= threads * kTurnTiles;
    const auto words = [](std::int64_t count) { return whole_lines(static_cast<std::size_t>(count) * sizeof(std::int16_t)); };
    if (by_tiles_) {
        cut_blocks(1, kMostLanes);
        chunks_ = (tiles + kTurnTiles - 1) / kTurnTiles;
        chunks_ = (chunks_ + threads - 1) / threads * threads;
        shared_bytes_ = words(kPlanes * static_cast<std::int64_t>(blocks_.size()) * 32 + all_weights);
        sums_at_ = words(kTurnTiles * pitch_);
    } else {
        const std::int64_t shares = std::gcd(units, threads), lanes = shape_.input_c < kManyChannels ? kMostLanes : kMostLanes / 2;
        cut_blocks(shares, lanes);
        parts_ = threads / shares;
        const std::int64_t most = std::max(kChunkCodes / pitch_, kChunkTiles);
        chunks_ = (tiles + most - 1) / most;
        shared_bytes_ = words((tiles + chunks_ - 1) / chunks_ * pitch_);
        sums_at_ = words(kPlanes * weight_plane(steps_, lanes));
    }
    own_bytes_ = sums_at_ + (kProducts + 4 * kRow) * sizeof(std::int32_t);
}

// As many lanes for each share, and in a share blocks as equal as can be.
void WinogradU8::cut_blocks(std::int64_t shares, std::int64_t most_lanes) {
    const std::int64_t units = (shape_.output_c + 15) / 16, most = most_lanes / 16;
    for (std::int64_t share = 0, unit = 0; share < shares; ++share)
        for (const std::int64_t end = units * (share + 1) / shares; unit < end;) {
            const std::int64_t pieces = (end - unit + most - 1) / most, lanes = (end - unit + pieces - 1) / pieces * 16;
            blocks_.push_back({16 * unit, static_cast<int>(lanes), static_cast<int>(std::min(lanes, shape_.output_c - 16 * unit))});
            unit += lanes / 16;
        }
}

void WinogradU8::pack(const std::int8_t* weights) {
    const std::int64_t inputs = shape_.input_c;
    const Block& last = blocks_.back();
    weights_.assign(static_cast<std::size_t>((last.lane + last.lanes) * 9 * inputs), 0);
    for (const Block& block : blocks_) {
        std::int8_t* to = weights_.data() + block.lane * 9 * inputs;
        for (std::int64_t lane = 0; lane < block.channels; ++lane)
            for (std::int64_t ic = 0; ic < inputs; ++ic)
                for (std::int64_t place = 0; place < 9; ++place)
                    to[((ic / 2 * 9 + place) * block.lanes + lane) * 2 + ic % 2] = weights[((block.lane + lane) * inputs + ic) * 9 + place];
    }
}

WinogradU8::Place WinogradU8::place_of(std::int64_t tile) const {
    const std::int64_t row = tile / tile_columns_;
    return {row / tile_rows_, row % tile_rows_ * 4, tile % tile_columns_ * 4};
}

void WinogradU8::run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const {
    const Finish finish = {epilogue, kernels_->choose_epilogue(epilogue)};
    by_tiles_ ? run_by_tiles(team, {src, src_stride}, finish) : run_by_blocks(team, {src, src_stride}, finish);
}

void WinogradU8::run_by_tiles(Team& team, const Source& source, const Finish& finish) const {
    const auto weights_of = [this](std::size_t block) {
        const std::int64_t words = blocks_[block].lane * steps_ * 2 + static_cast<std::int64_t>(block) * 32;
        return reinterpret_cast<std::int16_t*>(scratch_) + kPlanes * words;
    };
    team.share(static_cast<std::int64_t>(blocks_.size()), [&](std::int64_t task, int) {
        const auto block = static_cast<std::size_t>(task);
        spread_weights(blocks_[block], weights_of(block));
    });
    const Tiles all = {0, shape_.batch * tile_rows_ * tile_columns_};
    team.share(chunks_, [&](std::int64_t chunk, int thread) {
        const Tiles tiles = all.part(chunk, chunks_);
        auto* codes = reinterpret_cast<std::int16_t*>(own(thread));
        auto* sums = reinterpret_cast<std::int32_t*>(own(thread) + sums_at_);
        spread(tiles, source, codes);
        for (std::size_t block = 0; block < blocks_.size(); ++block)
            run_turn(blocks_[block], tiles, codes, weights_of(block), sums, finish);
    });
}

void WinogradU8::run_by_blocks(Team& team, const Source& source, const Finish& finish) const {
    const Tiles all = {0, shape_.batch * tile_rows_ * tile_columns_};
    auto* codes = reinterpret_cast<std::int16_t*>(scratch_);
    for (std::int64_t index = 0; index < chunks_; ++index) {
        const Tiles chunk = all.part(index, chunks_);
        const auto codes_of = [&](const Tiles& tiles) { return codes + (tiles.first - chunk.first) * pitch_; };
        const std::int64_t shares = std::min<std::int64_t>(chunk.count(), threads_);
        team.share(shares, [&](std::int64_t task, int) {
            const Tiles tiles = chunk.part(task, shares);
            spread(tiles, source, codes_of(tiles));
        });
        team.share(static_cast<std::int64_t>(blocks_.size()) * parts_, [&](std::int64_t task, int thread) {
            const Block& block = blocks_[static_cast<std::size_t>(task / parts_)];
            auto* weights = reinterpret_cast<std::int16_t*>(own(thread));
            auto* sums = reinterpret_cast<std::int32_t*>(own(thread) + sums_at_);
            spread_weights(block, weights);
            const Tiles tiles = chunk.part(task % parts_, parts_);
            const std::int64_t turns = (tiles.count() + kTurnTiles - 1) / kTurnTiles;
            for (std::int64_t turn = 0; turn < turns; ++turn) {
                const Tiles some = tiles.part(turn, turns);
                run_turn(block, some, codes_of(some), weights, sums, finish);
            }
        });
    }
}

void WinogradU8::spread_weights(const Block& block, std::int16_t* to) const {
    kernels_->winograd->spread_weights(weights_.data() + block.lane * 9 * shape_.input_c, steps_, block.lanes, to);
}

void WinogradU8::spread(const Tiles& tiles, const Source& source, std::int16_t* to) const {
    const ConvShape& s = shape_;
    const std::uint8_t* pixels[kPlanes];
    for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile, to += pitch_) {
        const Place place = place_of(tile);
        const std::uint8_t** pixel = pixels;
        for (std::int64_t y = place.y - s.pad_top; y < place.y - s.pad_top + 6; ++y)
            for (std::int64_t x = place.x - s.pad_left; x < place.x - s.pad_left + 6; ++x) {
                const bool inside = y >= 0 && y < s.input_h && x >= 0 && x < s.input_w;
                *pixel++ = inside ? source.first + ((place.image * s.input_h + y) * s.input_w + x) * source.stride : border_.data();
            }
        kernels_->winograd->spread(pixels, s.input_c, zero_point_, to);
    }
}

void WinogradU8::run_turn(const Block& block, const Tiles& tiles, const std::int16_t* codes, const std::int16_t* weights,
                          std::int32_t* sums, const Finish& finish) const {
    multiply(block, static_cast<int>(tiles.count()), codes, weights, sums);
    std::int32_t* rows = sums + kProducts;
    finish_turn(block, tiles, {sums, {rows, rows + kRow, rows + 2 * kRow, rows + 3 * kRow}}, finish);
}

void WinogradU8::multiply(const Block& block, int tiles, const std::int16_t* codes, const std::int16_t* weights,
                          std::int32_t* products) const {
    const std::byte* at[kTurnTiles];
    for (int tile = 0; tile < tiles; ++tile) at[tile] = reinterpret_cast<const std::byte*>(codes + tile * pitch_);
    MicroWork work;
    work.pixels = tiles;
    work.lanes = block.lanes;
    work.pixel = at;
    work.step_offset = step_offset_.data();
    work.steps = static_cast<int>(steps_);
    for (std::size_t plane = 0; plane < kPlanes; ++plane, weights += weight_plane(steps_, block.lanes)) {
        work.base = static_cast<std::int64_t>(plane * sizeof(std::int16_t)) * shape_.input_c;
        work.weights = reinterpret_cast<const std::int8_t*>(weights);
        kernels_->winograd->multiply(work, products + product_at(plane, 0, 0));
    }
}

// Neighbouring tiles together, since an epilogue likes long rows.
void WinogradU8::finish_turn(const Block& block, const Tiles& tiles, const Sums& sums, const Finish& finish) const {
    const ConvShape& s = shape_;
    for (std::int64_t tile = tiles.first, next; tile < tiles.last; tile = next) {
        const Place place = place_of(tile);
        next = std::min(tiles.last, tile + tile_columns_ - place.x / 4);
        for (std::int64_t t = tile; t < next; ++t)
            kernels_->winograd->gather(sums.products, static_cast<int>(t - tiles.first), block.lanes, sums.rows,
                                       static_cast<int>(4 * (t - tile)));
        const auto pixels = static_cast<int>(std::min(4 * (next - tile), s.output_w - place.x));
        for (std::int64_t row = 0; row < std::min<std::int64_t>(4, s.output_h - place.y); ++row)
            finish.function(finish.epilogue, sums.rows[row], ((place.image * s.output_h + place.y + row) * s.output_w) + place.x, pixels,
                            block.lane, block.channels);
    }
}

}  // namespace octavo::onednn
