// merge_convolutions: what is linear in one tensor and only summed becomes one convolution, whose kernel is the sum of theirs, as RepVGG,
// MobileOne and FastViT do before they are deployed (Ding et al., "RepVGG: Making VGG-style ConvNets Great Again", 2021); exporters often
// forget. Convolutions go into convolutions of the same groups, if one kernel lies inside of the other; a ScaleShift, and the tensor
// itself, into depthwise ones only: among the many weights of an output channel of others, 8 bits would not do for one great one. A
// ScaleShift without an activation behind what was merged goes in too. Weights on grids would leave them: quantized models are not for this
// pass.
#include "core/graph/window.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>
#include <functional>

namespace octavo {
namespace {

using Numbers = WindowLists::Numbers;

// A linear function of a tensor that nobody reads but the sum.
struct Branch {
    Node* node = nullptr;  // Conv or ScaleShift; nullptr: the tensor itself
    TensorId x{};
    std::int64_t group = 1;
    Numbers kernel, strides, begin;
};

std::optional<Branch> convolution_at(const Place& place, TensorId id) {
    const Graph& graph = place.graph;
    Node* const node = place.producer(id, "Conv");
    if (!node || !is_product(graph, *node) || has_residual(*node) || place.links.only_reader(id) < 0) return std::nullopt;
    if (input_or_none(*node, 2) == TensorId::none || element_count(graph[node->inputs[1]].shape) == 0) return std::nullopt;
    const Result<WindowLists> window = window_lists(graph, *node);
    if (!window || std::ranges::any_of(window->dilations, [](std::int64_t dilation) { return dilation != 1; })) return std::nullopt;
    return Branch{node, node->inputs[0], attribute_or(*node, "group", std::int64_t{1}), window->kernel, window->strides, window->begin};
}

// A ScaleShift, or else the tensor itself, as a depthwise convolution by points.
std::optional<Branch> points_at(const Place& place, TensorId id) {
    const Tensor& tensor = place.graph[id];
    if (tensor.shape.size() < 3 || tensor.type != OCTAVO_F32 || tensor.is_constant()) return std::nullopt;
    const Numbers ones(tensor.shape.size() - 2, 1), zeros(tensor.shape.size() - 2, 0);
    Node* const node = place.links.only_reader(id) >= 0 ? place.producer(id, "ScaleShift") : nullptr;
    return Branch{node, node ? node->inputs[0] : id, tensor.shape[1], ones, ones, zeros};
}

// Of the weight (input 1) or the bias (2), times a factor. The tensor itself is scaled by 1 and shifted by 0.
std::vector<float> numbers_of(const Graph& graph, const Branch& branch, std::size_t input, float factor) {
    if (!branch.node) return std::vector<float>(static_cast<std::size_t>(branch.group), input == 1 ? factor : 0.0F);
    const std::span<const float> values = graph[branch.node->inputs[input]].data.as<float>();
    std::vector<float> numbers(values.begin(), values.end());
    for (float& value : numbers) value *= factor;
    return numbers;
}

bool is_inside(const Branch& small, const Branch& large) {
    for (std::size_t i = 0; i < large.kernel.size(); ++i) {
        const std::int64_t offset = large.begin[i] - small.begin[i];
        if (offset < 0 || offset + small.kernel[i] > large.kernel[i]) return false;
    }
    return true;
}

// Adds the weights of the small kernel to those of the large one, where it lies in that.
void add_kernels(const Branch& small, std::span<const float> weight, const Branch& large, std::span<float> sum) {
    const auto size = static_cast<std::size_t>(element_count(small.kernel)), pitch = static_cast<std::size_t>(element_count(large.kernel));
    for (std::size_t i = 0; i < weight.size(); ++i) {
        std::size_t rest = i % size, place = 0, step = 1;
        for (std::size_t axis = small.kernel.size(); axis-- > 0;) {
            const auto length = static_cast<std::size_t>(small.kernel[axis]);
            place += (rest % length + static_cast<std::size_t>(large.begin[axis] - small.begin[axis])) * step;
            rest /= length;
            step *= static_cast<std::size_t>(large.kernel[axis]);
        }
        sum[i / size * pitch + place] += weight[i];
    }
}

// `into` becomes itself plus factor * `branch`; false where no kernel can say that.
bool merge(const Place& place, const Branch& into, const Branch& branch, float factor) {
    if (into.x != branch.x || into.group != branch.group || into.strides != branch.strides) return false;
    const bool stays = is_inside(branch, into);
    if (!stays && !(is_inside(into, branch) && branch.node && branch.node->op == "Conv")) return false;
    const Branch &large = stays ? into : branch, &small = stays ? branch : into;
    const float of_large = stays ? 1.0F : factor, of_small = stays ? factor : 1.0F;
    Graph& graph = place.graph;
    std::vector<float> weight = numbers_of(graph, large, 1, of_large), bias = numbers_of(graph, large, 2, of_large);
    add_kernels(small, numbers_of(graph, small, 1, of_small), large, weight);
    std::ranges::transform(bias, numbers_of(graph, small, 2, of_small), bias.begin(), std::plus());
    const Shape shape = graph[large.node->inputs[1]].shape;
    Node& node = *into.node;
    node.attributes = large.node->attributes;
    set_constant(graph, place.links, node, 1, node.name + ".weight", shape, std::move(weight));
    set_constant(graph, place.links, node, 2, node.name + ".bias", {shape[0]}, std::move(bias));
    if (branch.node) absorb(node, *branch.node);
    return true;
}

// Looks through Adds and Subs that are read once for a convolution that takes in factor * `branch`.
bool merge_into_sum(const Place& place, TensorId sum, const Branch& branch, const Shape& shape, float factor) {
    if (place.graph[sum].shape != shape || place.links.only_reader(sum) < 0) return false;
    if (const std::optional<Branch> into = convolution_at(place, sum)) return merge(place, *into, branch, factor);
    const Node* const add = place.producer(sum, "Add");
    const Node* const node = add ? add : place.producer(sum, "Sub");
    if (!node || has_residual(*node)) return false;
    return merge_into_sum(place, node->inputs[0], branch, shape, factor) ||
           merge_into_sum(place, node->inputs[1], branch, shape, add ? factor : -factor);
}

// Operand `i` goes into the other one. What something is taken away from does not: that would have to be negated.
bool merge_operand(const Place& place, Node& sum, std::size_t i) {
    const TensorId own = sum.inputs[i], rest = sum.inputs[1 - i];
    const Shape shape = place.graph[sum.outputs[0]].shape;
    Node* const last = producer_of(place.graph, place.links, rest);
    if (!last || own == rest || place.graph[own].shape != shape || (sum.op == "Sub" && i == 0)) return false;
    for (const auto branch_at : {&convolution_at, &points_at}) {
        const std::optional<Branch> branch = branch_at(place, own);
        if (!branch || !merge_into_sum(place, rest, *branch, shape, sum.op == "Sub" ? -1.0F : 1.0F)) continue;
        move_activation(sum, *last);
        last->outputs = sum.outputs;
        absorb(*last, sum);
        if (branch->node) erase(*branch->node);
        erase(sum);
        return true;
    }
    return false;
}

bool merge_at(Graph& graph, const Links& links, std::size_t n) {
    Node& sum = graph.nodes[n];
    if ((sum.op != "Add" && sum.op != "Sub") || has_residual(sum)) return false;
    const Place place{graph, links};
    return merge_operand(place, sum, 1) || merge_operand(place, sum, 0);
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
