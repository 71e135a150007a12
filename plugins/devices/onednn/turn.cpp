#include "turn.h"

namespace octavo::onednn {
namespace {

constexpr std::int64_t kTile = 16;  // values of a cache line

}  // namespace

void TurnStep::bind(const Addresses& addresses, std::byte*) {
    from_ = addresses.get<float>(reads[0]);
    to_ = addresses.get<float>(writes[0]);
}

void TurnStep::run(const RunContext& context) {
    const std::int64_t bands = (columns_ + kTile - 1) / kTile;
    context.team.share(images_ * bands, [&](std::int64_t task, int) {
        const std::int64_t first = task % bands * kTile, last = std::min(columns_, first + kTile);
        const float* const from = from_ + task / bands * rows_ * columns_;
        float* const to = to_ + task / bands * rows_ * columns_;
        for (std::int64_t row = 0; row < rows_; row += kTile)
            for (std::int64_t column = first; column < last; ++column)
                for (std::int64_t r = row; r < std::min(rows_, row + kTile); ++r) to[column * rows_ + r] = from[r * columns_ + column];
    });
}

}  // namespace octavo::onednn
