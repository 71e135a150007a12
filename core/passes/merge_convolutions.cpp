// merge_convolutions: convolutions of one tensor whose results are only summed become one, whose kernel is the sum of theirs, as RepVGG,
// MobileOne and YOLOv6 do before they are deployed (Ding et al., "RepVGG: Making VGG-style ConvNets Great Again", 2021); exporters often
// forget. The smaller kernel must lie inside of the larger one. Weights that lie on grids would leave them: a model that is quantized
// already is not for this pass.
#include "core/graph/window.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {
namespace {

struct Branch {
    Node* conv = nullptr;
    WindowLists window;
    std::int64_t group = 1;
};

std::optional<Branch> branch_at(const Place& place, TensorId id) {
    Node* const node = place.producer(id, "Conv");
    if (!node || !is_product(place.graph, *node) || has_residual(*node) || place.links.only_reader(id) < 0) return std::nullopt;
    if (input_or_none(*node, 2) == TensorId::none || !place.graph[node->inputs[2]].is_constant()) return std::nullopt;
    const Result<WindowLists> window = window_lists(place.graph, *node);
    if (!window) return std::nullopt;
    const auto apart = [](std::int64_t dilation) { return dilation != 1; };
    if (std::any_of(window->dilations.begin(), window->dilations.end(), apart)) return std::nullopt;
    return Branch{node, *window, attribute_or(*node, "group", std::int64_t{1})};
}

// Where the small kernel begins in the large one, an axis each; nothing where it does not lie inside.
std::optional<WindowLists::Numbers> offset_in(const Branch& large, const Branch& small) {
    if (large.conv->inputs[0] != small.conv->inputs[0] || large.group != small.group || large.window.strides != small.window.strides)
        return std::nullopt;
    WindowLists::Numbers offset;
    for (std::size_t i = 0; i < large.window.kernel.size(); ++i) {
        offset.push_back(large.window.begin[i] - small.window.begin[i]);
        if (offset[i] < 0 || offset[i] + small.window.kernel[i] > large.window.kernel[i]) return std::nullopt;
    }
    return offset;
}

// Adds the small kernels, [rows of kernels] each, into the large ones.
void add_kernels(std::span<const float> small, const WindowLists::Numbers& from, std::span<float> large, const WindowLists::Numbers& to,
                 const WindowLists::Numbers& offset) {
    const auto size = static_cast<std::size_t>(element_count(from)), large_size = static_cast<std::size_t>(element_count(to));
    for (std::size_t i = 0; i < small.size(); ++i) {
        std::size_t rest = i % size, place = 0, pitch = 1;
        for (std::size_t axis = from.size(); axis-- > 0;) {
            const auto length = static_cast<std::size_t>(from[axis]);
            place += (rest % length + static_cast<std::size_t>(offset[axis])) * pitch;
            rest /= length;
            pitch *= static_cast<std::size_t>(to[axis]);
        }
        large[i / size * large_size + place] += small[i];
    }
}

void merge(const Place& place, const Branch& large, const Branch& small, const WindowLists::Numbers& offset) {
    Graph& graph = place.graph;
    const auto values = [&](const Branch& branch, std::size_t i) { return graph[branch.conv->inputs[i]].data.as<float>(); };
    std::vector<float> weight(values(large, 1).begin(), values(large, 1).end()), bias(values(large, 2).begin(), values(large, 2).end());
    add_kernels(values(small, 1), small.window.kernel, weight, large.window.kernel, offset);
    for (std::size_t c = 0; c < bias.size(); ++c) bias[c] += values(small, 2)[c];
    const auto set = [&](std::size_t i, std::vector<float> sum) {
        const Tensor& old = graph[large.conv->inputs[i]];
        const std::string wish = old.name + "/merged";
        const Shape shape = old.shape;
        set_constant(graph, place.links, *large.conv, i, wish, shape, std::move(sum));
    };
    set(1, std::move(weight));
    set(2, std::move(bias));
}

// The sums that the tensor is made of, through Adds that are read once: is one of them a convolution that merges with `branch`?
bool merge_into_sum(const Place& place, TensorId sum, const Branch& branch) {
    if (place.graph[sum].shape != place.graph[branch.conv->outputs[0]].shape) return false;
    if (std::optional<Branch> other = branch_at(place, sum)) {
        const auto inside = offset_in(*other, branch), around = offset_in(branch, *other);
        if (inside) {
            merge(place, *other, branch, *inside);
        } else if (around) {
            merge(place, branch, *other, *around);
            std::swap(branch.conv->inputs, other->conv->inputs);
            std::swap(branch.conv->attributes, other->conv->attributes);
        }
        if (inside || around) absorb(*other->conv, *branch.conv);
        return inside || around;
    }
    const Node* const add = place.producer(sum, "Add");
    if (!add || place.links.only_reader(sum) < 0) return false;
    return std::any_of(add->inputs.begin(), add->inputs.end(), [&](TensorId id) { return merge_into_sum(place, id, branch); });
}

bool merge_at(Graph& graph, const Links& links, std::size_t n) {
    Node& add = graph.nodes[n];
    if (add.op != "Add" || has_residual(add)) return false;
    const Place place{graph, links};
    for (const std::size_t i : {0U, 1U}) {
        const TensorId rest = add.inputs[1 - i];
        const std::optional<Branch> branch = branch_at(place, add.inputs[i]);
        Node* const last = producer_of(graph, links, rest);
        if (!branch || !last || !merge_into_sum(place, rest, *branch)) continue;
        move_activation(add, *last);
        last->outputs = add.outputs;
        absorb(*last, add);
        erase(*branch->conv);
        erase(add);
        return true;
    }
    return false;
}

}  // namespace

Result<void> merge_convolutions(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) { return merge_at(graph, links, n); });
    return check_invariants(graph, "merge_convolutions");
}

}  // namespace octavo
