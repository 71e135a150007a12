// How a convolution's output channels are cut into blocks of lanes that a micro kernel sums at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo::onednn {

// So many parts of up to `most` each make `count`.
constexpr std::int64_t parts_of(std::int64_t count, std::int64_t most) {
    return (count + most - 1) / most;
}

constexpr std::int64_t round_up(std::int64_t value, std::int64_t step) {
    return parts_of(value, step) * step;
}

// Weights lie behind those of `lane` others, what they read begins with `element` of a pixel.
struct LaneBlock {
    std::int64_t lane, channel, element;
    int lanes, channels;  // those that are summed, and those of them that there are
};

struct LaneBlocks {
    std::vector<LaneBlock> blocks;
    std::vector<std::size_t> shares;  // where the blocks of each share begin, and end
};

struct LaneCut {
    std::int64_t outputs = 0, groups = 1, group_pitch = 0;  // of a group: output channels, and elements of a pixel
    std::int64_t least_lanes = 16, most_lanes = 16, shares = 1;
};

// As many lanes for each share, and in a share blocks as equal as can be; none crosses from one group into the next.
inline LaneBlocks cut_lanes(const LaneCut& cut) {
    const std::int64_t units = parts_of(cut.outputs, cut.least_lanes), most = cut.most_lanes / cut.least_lanes;
    LaneBlocks made;
    for (std::int64_t share = 0, unit = 0; share < cut.shares; ++share) {
        made.shares.push_back(made.blocks.size());
        for (const std::int64_t end = cut.groups * units * (share + 1) / cut.shares; unit < end;) {
            const std::int64_t group = unit / units, left = std::min(end, (group + 1) * units) - unit;
            const std::int64_t within = unit % units * cut.least_lanes, pieces = parts_of(left, most);
            const std::int64_t lanes = parts_of(left, pieces) * cut.least_lanes;
            made.blocks.push_back({unit * cut.least_lanes, group * cut.outputs + within, group * cut.group_pitch, static_cast<int>(lanes),
                                   static_cast<int>(std::min(lanes, cut.outputs - within))});
            unit += lanes / cut.least_lanes;
        }
    }
    made.shares.push_back(made.blocks.size());
    return made;
}

}  // namespace octavo::onednn
