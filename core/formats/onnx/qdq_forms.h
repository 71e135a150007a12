// What the QDQ writer decides before it writes: how parameters by channel are said with one scale, which activations the ends of a grid
// imply, which nodes are int8. Pure functions of graph and plan.
#pragma once

#include "core/plan/plan.h"

#include <octavo/numbers.h>

namespace octavo::onnx {

// A grid with one scale: what a QuantizeLinear needs.
struct Grid {
    float scale = 1;
    std::int32_t zero_point = 0;
};

// Parameters by channel, said with one scale: x * factor[c] + offset[c] lies on `grid` with the same codes as x on channel c's own.
struct ChannelForm {
    Grid grid;
    std::vector<float> scale;              // own scale of each channel
    std::vector<std::int32_t> zero_point;  // own zero point, less the grid's
    std::vector<float> factor;             // grid.scale / scale[c]
    bool is_folded = false;                // the producing convolution's weights carry the factor
    bool is_shifted = false;               // zero points differ, so that zero padding needs a Pad of its own

    bool scales() const;  // a factor other than 1
    // What x on the grid, times this, is in reals; and what must then be taken away.
    float ratio(std::size_t channel) const { return scale[channel] / grid.scale; }
    float excess(std::size_t channel) const { return scale[channel] * static_cast<float>(zero_point[channel]); }
};

class Forms {
public:
    Forms(const Graph& graph, const Plan& plan);

    const Links& links() const { return links_; }
    std::optional<Grid> whole(const std::string& tensor) const;
    std::optional<Grid> whole(TensorId id) const { return whole(graph_[id].name); }
    const std::optional<ChannelForm>& channels(TensorId id) const { return channels_[index(id)]; }
    bool is_int8(const Node& node) const;
    // Whether a node reads its input 0 by channel.
    bool reads_channels(const Node& node) const;
    // The grid that stands right behind what a node computes; nothing where a Mul or nothing at all comes first.
    std::optional<Grid> grid_behind(TensorId id) const;

private:
    ChannelForm form_of(TensorId id, const TensorPlan& plan) const;
    bool is_foldable(TensorId id, const TensorPlan& plan) const;

    const Graph& graph_;
    const Plan& plan_;
    Links links_;
    std::vector<std::optional<ChannelForm>> channels_;  // [tensor]
};

// Whether the ends of the grid do what the activation does: a clip whose bounds lie at or beyond them.
bool is_implied(const Activation& activation, const Grid& grid);

}  // namespace octavo::onnx
