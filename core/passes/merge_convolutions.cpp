// merge_convolutions: what is linear in one tensor and only summed becomes one convolution, whose kernel is the sum of theirs, as RepVGG,
// MobileOne and FastViT do before they are deployed (Ding et al., "RepVGG: Making VGG-style ConvNets Great Again", 2021); exporters often
// forget. Convolutions go into convolutions of the same groups, if one kernel lies inside of the other; a ScaleShift, and the tensor
// itself, into depthwise ones only: among the many weights of an output channel of others, 8 bits would not do for one great one. A
// ScaleShift without an activation behind what was merged goes in too. Weights on grids would leave them: quantized models are not for this
// pass.
#include "core/graph/product.h"
#include "core/graph/window.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {
namespace {

using Numbers = WindowLists::Numbers;

constexpr std::int64_t kMostChannels = 1 << 20;

// A linear function of a tensor that nobody reads but the sum.
struct Branch {
    Node* node = nullptr;  // nullptr: the tensor itself
    TensorId x{};
    std::int64_t group = 1;
    Numbers kernel, strides, begin;
    std::vector<float> weight, bias;
};

std::vector<float> values_of(const Graph& graph, TensorId id) {
    const std::span<const float> values = graph[id].data.as<float>();
    return {values.begin(), values.end()};
}

std::optional<Branch> convolution_at(const Place& place, TensorId id) {
    const Graph& graph = place.graph;
    Node* const node = place.producer(id, "Conv");
    if (!node || !is_product(graph, *node) || has_residual(*node) || place.links.only_reader(id) < 0) return std::nullopt;
    if (input_or_none(*node, 2) == TensorId::none || element_count(graph[node->inputs[1]].shape) == 0) return std::nullopt;
    const Result<WindowLists> window = window_lists(graph, *node);
    if (!window || std::ranges::any_of(window->dilations, [](std::int64_t dilation) { return dilation != 1; })) return std::nullopt;
    return Branch{node,
                  node->inputs[0],
                  attribute_or(*node, "group", std::int64_t{1}),
                  window->kernel,
                  window->strides,
                  window->begin,
                  values_of(graph, node->inputs[1]),
                  values_of(graph, node->inputs[2])};
}

// A ScaleShift, or else the tensor itself, as a depthwise convolution by points.
std::optional<Branch> points_at(const Place& place, TensorId id) {
    const Shape& shape = place.graph[id].shape;
    if (shape.size() < 3 || shape[1] > kMostChannels || place.graph[id].type != OCTAVO_F32 || place.graph[id].is_constant())
        return std::nullopt;
    const Numbers ones(shape.size() - 2, 1), zeros(shape.size() - 2, 0);
    Node* const node = place.producer(id, "ScaleShift");
    if (node && place.links.only_reader(id) >= 0)
        return Branch{node,
                      node->inputs[0],
                      shape[1],
                      ones,
                      ones,
                      zeros,
                      values_of(place.graph, node->inputs[1]),
                      values_of(place.graph, node->inputs[2])};
    const auto channels = static_cast<std::size_t>(shape[1]);
    return Branch{nullptr, id, shape[1], ones, ones, zeros, std::vector<float>(channels, 1), std::vector<float>(channels, 0)};
}

bool is_inside(const Branch& small, const Branch& large) {
    for (std::size_t i = 0; i < large.kernel.size(); ++i) {
        const std::int64_t offset = large.begin[i] - small.begin[i];
        if (offset < 0 || offset + small.kernel[i] > large.kernel[i]) return false;
    }
    return true;
}

// large += factor * small.
void add_kernels(const Branch& small, float factor, Branch& large) {
    const auto size = static_cast<std::size_t>(element_count(small.kernel)), pitch = static_cast<std::size_t>(element_count(large.kernel));
    for (std::size_t i = 0; i < small.weight.size(); ++i) {
        std::size_t rest = i % size, place = 0, step = 1;
        for (std::size_t axis = small.kernel.size(); axis-- > 0;) {
            const auto length = static_cast<std::size_t>(small.kernel[axis]);
            place += (rest % length + static_cast<std::size_t>(large.begin[axis] - small.begin[axis])) * step;
            rest /= length;
            step *= static_cast<std::size_t>(large.kernel[axis]);
        }
        large.weight[i / size * pitch + place] += factor * small.weight[i];
    }
    for (std::size_t c = 0; c < large.bias.size(); ++c) large.bias[c] += factor * small.bias[c];
}

void scale(Branch& branch, float factor) {
    for (float& value : branch.weight) value *= factor;
    for (float& value : branch.bias) value *= factor;
}

// `into` becomes itself plus factor * `branch`; false where no kernel can say that.
bool merge(const Place& place, Branch into, Branch branch, float factor) {
    if (into.x != branch.x || into.group != branch.group || into.strides != branch.strides) return false;
    Node& node = *into.node;
    if (is_inside(branch, into)) {
        add_kernels(branch, factor, into);
    } else if (is_inside(into, branch) && branch.node && branch.node->op == "Conv") {
        scale(branch, factor);
        add_kernels(into, 1, branch);
        node.attributes = branch.node->attributes;
        std::swap(into, branch);
    } else {
        return false;
    }
    Shape shape = {static_cast<std::int64_t>(into.bias.size()), 0};
    shape.insert(shape.end(), into.kernel.begin(), into.kernel.end());
    shape[1] = static_cast<std::int64_t>(into.weight.size()) / (shape[0] * element_count(into.kernel));
    set_constant(place.graph, place.links, node, 1, node.name + ".weight", shape, std::move(into.weight));
    set_constant(place.graph, place.links, node, 2, node.name + ".bias", {shape[0]}, std::move(into.bias));
    return true;
}

// Looks through Adds and Subs that are read once for a convolution that merges with the branch; `sign` is that of the sum in the whole.
bool merge_into_sum(const Place& place, TensorId sum, const Branch& branch, const Shape& shape, float factor, float sign) {
    if (place.graph[sum].shape != shape || place.links.only_reader(sum) < 0) return false;
    if (const std::optional<Branch> into = convolution_at(place, sum)) {
        if (!merge(place, *into, branch, factor * sign)) return false;
        if (branch.node) absorb(*into->node, *branch.node);
        return true;
    }
    const Node* node = place.producer(sum, "Add");
    if (!node) node = place.producer(sum, "Sub");
    if (!node || has_residual(*node)) return false;
    return merge_into_sum(place, node->inputs[0], branch, shape, factor, sign) ||
           merge_into_sum(place, node->inputs[1], branch, shape, factor, node->op == "Sub" ? -sign : sign);
}

bool merge_at(Graph& graph, const Links& links, std::size_t n) {
    Node& sum = graph.nodes[n];
    if ((sum.op != "Add" && sum.op != "Sub") || has_residual(sum)) return false;
    const Place place{graph, links};
    const Shape shape = graph[sum.outputs[0]].shape;
    for (const std::size_t i : {1U, 0U}) {
        if (sum.op == "Sub" && i == 0) continue;  // what is taken away may go into the rest, not the rest into it
        const TensorId own = sum.inputs[i], rest = sum.inputs[1 - i];
        Node* const last = producer_of(graph, links, rest);
        if (!last || own == rest || graph[own].shape != shape) continue;
        const float factor = sum.op == "Sub" ? -1.0F : 1.0F;
        for (const std::optional<Branch>& branch : {convolution_at(place, own), points_at(place, own)}) {
            if (!branch || !merge_into_sum(place, rest, *branch, shape, factor, 1)) continue;
            move_activation(sum, *last);
            last->outputs = sum.outputs;
            absorb(*last, sum);
            if (branch->node) erase(*branch->node);
            erase(sum);
            return true;
        }
    }
    return false;
}

}  // namespace

Result<void> merge_convolutions(Graph& graph) {
    bool has_merged = true;
    while (has_merged) {
        has_merged = false;
        rewrite_nodes(graph, [&](const Links& links, std::size_t n) {
            const bool merged = merge_at(graph, links, n);
            has_merged = has_merged || merged;
            return merged;
        });
        if (has_merged) OCTAVO_CHECK_OK(fold_batch_norm(graph));
    }
    return check_invariants(graph, "merge_convolutions");
}

}  // namespace octavo
