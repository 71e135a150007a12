// See average.h.
#include "average.h"

#include <ops/average.h>

namespace octavo::reference {

namespace {

// A window as large as the plane, for operators that average all of it.
ops::Window whole_plane(std::int64_t size) {
    return {.kernel_w = size, .input_h = 1, .input_w = size, .output_h = 1, .output_w = 1};
}

}  // namespace

Result<void> run_average(const ops::NodeView& node, const Grid& grid, std::span<const std::uint8_t> codes, std::span<float> output) {
    const ChannelLayout layout(node.input(0));
    ops::Window window = whole_plane(static_cast<std::int64_t>(layout.run));
    if (node.op() == "AveragePool") {
        OCTAVO_TRY(window, ops::window_of(node));
    }
    const bool include_pad = node.integer("count_include_pad", 0) != 0;
    const std::vector<std::int16_t> x = centred(grid, layout, codes);
    std::size_t next = 0;
    for (std::size_t plane = 0; plane * layout.run < x.size(); ++plane)
        for (std::int64_t oy = 0; oy < window.output_h; ++oy)
            for (std::int64_t ox = 0; ox < window.output_w; ++ox) {
                const auto [sum, count] = ops::window_sum<std::int64_t>(window, include_pad, x.data() + plane * layout.run, oy, ox);
                const float factor = grid.scale_of(plane % layout.channels) / static_cast<float>(count);
                output[next++] = count > 0 ? static_cast<float>(sum) * factor : 0.0F;
            }
    return {};
}

}  // namespace octavo::reference
