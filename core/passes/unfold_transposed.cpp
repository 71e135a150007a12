// unfold_transposed: a transposed convolution of stride s becomes a convolution that computes the s x s pixels of a block as channels of
// their own, DepthToSpace, and a Slice where blocks stand over (Shi et al., "Is the deconvolution layer the same as a convolutional
// layer?", 2016): a product, so that int8 kernels run it, here and in other runtimes. What works value by value or channel by channel
// behind it goes in front of DepthToSpace, where the convolution can take it in. One group, no dilation, constant weights, equal strides of
// 2 or more, and kernels that reach all pixels. Weights on grids would leave them: quantized models are not for this pass.
#include "core/graph/window.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace {

// Along one axis, output pixel o is pixel (o + cropped) % stride of block (o + cropped) / stride. Block q takes inputs from q + first on,
// `taps` of them.
struct Blocks {
    std::int64_t kernel = 0, stride = 0;
    std::int64_t offset = 0;  // pads that remain: what of the kernel lies before a block's first pixel
    std::int64_t cropped = 0, count = 0, first = 0, taps = 0, pad_begin = 0, pad_end = 0;

    // The place in the kernel by which a block's pixel takes its input `tap`; nothing where it does not.
    std::optional<std::int64_t> place(std::int64_t pixel, std::int64_t tap) const {
        const std::int64_t place = pixel + offset - (first + tap) * stride;
        return place >= 0 && place < kernel ? std::optional(place) : std::nullopt;
    }
};

// With as little cropped as lets a block take no more inputs than a kernel holds strides.
Blocks blocks_along(const WindowLists& window, std::size_t axis) {
    Blocks blocks{window.kernel[axis], window.strides[axis]};
    const std::int64_t least = (blocks.kernel + blocks.stride - 1) / blocks.stride;
    for (blocks.offset = std::min(window.begin[axis], blocks.kernel - 1);; --blocks.offset) {
        blocks.first = -((blocks.kernel - 1 - blocks.offset) / blocks.stride);          // by the first pixel, the last place in the kernel
        const std::int64_t last = (blocks.stride - 1 + blocks.offset) / blocks.stride;  // by the last pixel, the first place
        blocks.taps = last - blocks.first + 1;
        if (blocks.taps <= least) break;  // with an offset of 0 at the latest
    }
    blocks.cropped = window.begin[axis] - blocks.offset;
    blocks.count = (window.output[axis] + blocks.cropped + blocks.stride - 1) / blocks.stride;
    blocks.pad_begin = -blocks.first;
    blocks.pad_end = blocks.count - 1 + blocks.first + blocks.taps - window.input[axis];
    return blocks;
}

struct Unfolding {
    Blocks rows, columns;
    std::int64_t in = 0, out = 0, pixels = 0;  // channels before and after; pixels of a block

    bool crops(const WindowLists& window) const {
        return rows.count * rows.stride != window.output[0] || columns.count * columns.stride != window.output[1];
    }
};

std::optional<Unfolding> unfolding_of(const Graph& graph, const Node& node, const WindowLists& window) {
    const Shape weight = graph[node.inputs[1]].shape;
    const bool is_square =
        window.strides[0] == window.strides[1] && window.strides[0] > 1 && window.dilations == WindowLists::Numbers{1, 1};
    const bool reaches_all = window.kernel[0] >= window.strides[0] && window.kernel[1] >= window.strides[1];
    if (!is_square || !reaches_all || std::ranges::min(window.begin) < 0) return std::nullopt;
    const Unfolding made{blocks_along(window, 0), blocks_along(window, 1), weight[0], weight[1], window.strides[0] * window.strides[1]};
    return std::min(made.rows.pad_end, made.columns.pad_end) >= 0 ? std::optional(made) : std::nullopt;
}

// [pixel of the block, output channel][input channel][row][column]
std::vector<float> unfolded_weight(const Unfolding& u, std::span<const float> weight) {
    const auto size = static_cast<std::size_t>(u.in * u.rows.taps * u.columns.taps);
    std::vector<float> made(static_cast<std::size_t>(u.pixels * u.out) * size);
    std::size_t at = 0;
    for (std::int64_t pixel = 0; pixel < u.pixels; ++pixel)
        for (std::int64_t out = 0; out < u.out; ++out)
            for (std::int64_t in = 0; in < u.in; ++in)
                for (std::int64_t y = 0; y < u.rows.taps; ++y)
                    for (std::int64_t x = 0; x < u.columns.taps; ++x, ++at) {
                        const auto row = u.rows.place(pixel / u.columns.stride, y), column = u.columns.place(pixel % u.columns.stride, x);
                        if (!row || !column) continue;
                        const std::int64_t from = ((in * u.out + out) * u.rows.kernel + *row) * u.columns.kernel + *column;
                        made[at] = weight[static_cast<std::size_t>(from)];
                    }
    return made;
}

std::vector<float> repeated(std::span<const float> values, std::int64_t times) {
    std::vector<float> made;
    for (std::int64_t i = 0; i < times; ++i) made.insert(made.end(), values.begin(), values.end());
    return made;
}

// What computes a value, or a channel, of the tensor by itself may go in front of DepthToSpace.
bool goes_in_front(const Graph& graph, const Node& node, TensorId x) {
    const ops::Row* const row = ops::find(node.op);
    const Tensor& made = graph[node.outputs[0]];
    if (!row || row->role != ops::Role::elementwise || node.inputs[0] != x) return false;
    if (made.type != OCTAVO_F32 || made.shape != graph[x].shape) return false;
    return node.op == "ScaleShift" || std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](TensorId other) {
               return other == TensorId::none || (graph[other].is_constant() && element_count(graph[other].shape) == 1);
           });
}

// Puts together what stands in one node's place.
class Unfold {
public:
    Unfold(Graph& graph, const Links& links, std::size_t n) : graph_(graph), links_(links), node_(graph.nodes[n]) {}

    // Empty where the node stays.
    std::vector<Node> run() {
        const bool is_one = attribute_or(node_, "group", std::int64_t{1}) == 1 && graph_[node_.inputs[0]].shape.size() == 4;
        const TensorId bias = input_or_none(node_, 2);
        if (!is_one || !is_float_constant(graph_, node_.inputs[1]) || (bias != TensorId::none && !is_float_constant(graph_, bias)))
            return {};
        const Result<WindowLists> window = window_lists(graph_, node_);
        const std::optional<Unfolding> unfolding = window ? unfolding_of(graph_, node_, *window) : std::nullopt;
        if (!unfolding) return {};
        TensorId end = node_.outputs[0];
        add_convolution(*unfolding);
        for (std::int32_t reader = links_.only_reader(end); reader >= 0; reader = links_.only_reader(end)) {
            Node& next = graph_.nodes[static_cast<std::size_t>(reader)];
            if (!goes_in_front(graph_, next, end)) break;
            end = next.outputs[0];
            move_in_front(next, unfolding->pixels);
        }
        add("DepthToSpace", ".pixels", {made_.back().outputs[0]}, {{"blocksize", window->strides[0]}, {"mode", std::string("DCR")}});
        if (unfolding->crops(*window)) add_slice(*unfolding, *window);
        made_.back().outputs = {end};
        return std::move(made_);
    }

private:
    TensorId new_tensor(const std::string& wish) { return graph_.add_tensor({graph_.unused_name(wish), OCTAVO_F32, {}, {}, false}); }
    void add(const char* op, const char* suffix, std::vector<TensorId> inputs, Attributes attributes) {
        const std::string name = node_.name + suffix;
        made_.push_back({name, op, std::move(inputs), {new_tensor(name)}, std::move(attributes), {}});
    }
    void add_convolution(const Unfolding& u) {
        const TensorId bias = input_or_none(node_, 2);
        std::vector<float> biases(static_cast<std::size_t>(u.pixels * u.out));
        if (bias != TensorId::none) biases = repeated(graph_[bias].data.as<float>(), u.pixels);
        const Shape shape = {u.pixels * u.out, u.in, u.rows.taps, u.columns.taps};
        std::vector<float> weight = unfolded_weight(u, graph_[node_.inputs[1]].data.as<float>());
        const std::vector<std::int64_t> pads = {u.rows.pad_begin, u.columns.pad_begin, u.rows.pad_end, u.columns.pad_end};
        const std::vector<std::int64_t> kernel = {u.rows.taps, u.columns.taps};
        add("Conv", "",
            {node_.inputs[0], add_constant(graph_, node_.name + ".weight", shape, std::move(weight)),
             add_constant(graph_, node_.name + ".bias", {shape[0]}, std::move(biases))},
            {{"kernel_shape", kernel}, {"pads", pads}});
        made_.back().parts = node_.parts;
    }
    void move_in_front(Node& node, std::int64_t pixels) {
        Node moved = node;
        for (std::size_t i = 1; moved.op == "ScaleShift" && i <= 2; ++i) {
            std::vector<float> values = repeated(graph_[node.inputs[i]].data.as<float>(), pixels);
            const Shape shape = {static_cast<std::int64_t>(values.size())};
            moved.inputs[i] = add_constant(graph_, node.name + (i == 1 ? ".scale" : ".shift"), shape, std::move(values));
        }
        moved.inputs[0] = made_.back().outputs[0];
        moved.outputs = {new_tensor(node.name + ".blocks")};
        made_.push_back(std::move(moved));
        erase(node);
    }
    void add_slice(const Unfolding& u, const WindowLists& window) {
        const auto numbers = [&](const char* name, std::vector<std::int64_t> values) {
            return add_constant(graph_, node_.name + name, std::move(values));
        };
        const std::int64_t top = u.rows.cropped, left = u.columns.cropped;
        add("Slice", ".cropped",
            {made_.back().outputs[0], numbers(".starts", {top, left}), numbers(".ends", {top + window.output[0], left + window.output[1]}),
             numbers(".axes", {2, 3})},
            {});
    }

    Graph& graph_;
    const Links& links_;
    const Node node_;
    std::vector<Node> made_;
};

}  // namespace

Result<void> unfold_transposed(Graph& graph) {
    const Links links(graph);
    std::vector<Node> nodes;
    bool has_unfolded = false;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        std::vector<Node> made;
        if (graph.nodes[n].op == "ConvTranspose") made = Unfold(graph, links, n).run();
        has_unfolded = has_unfolded || !made.empty();
        if (made.empty()) made.push_back(graph.nodes[n]);
        std::ranges::move(made, std::back_inserter(nodes));
    }
    if (!has_unfolded) return {};
    graph.nodes = std::move(nodes);
    compact(graph);
    OCTAVO_CHECK_OK(infer_shapes(graph, 1));
    OCTAVO_CHECK_OK(fold_batch_norm(graph));
    OCTAVO_CHECK_OK(fuse_activations(graph));
    return check_invariants(graph, "unfold_transposed");
}

}  // namespace octavo
