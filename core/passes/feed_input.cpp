// See feed_input.h. Mean and scale stay at the input: a convolution that pads puts zeros around what it reads, and in raw pixels those
// would have to be the mean. fold_batch_norm makes both one multiplication and one addition.
#include "core/passes/feed_input.h"

#include "core/passes/rewrite.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <iterator>

namespace octavo {
namespace {

constexpr std::int64_t kColors = 3;

std::size_t channel_axis(const Shape& shape) {
    const auto is_color = [](std::int64_t size) { return size == kColors || size == kColors + 1; };  // with or without alpha
    return shape.size() == 4 && is_color(shape[3]) && shape[1] > kColors + 1 && shape[2] > kColors + 1 ? 3 : 1;
}

bool has_colors(const Tensor& input) {
    return input.type == OCTAVO_F32 && input.shape.size() >= 4 && input.shape[channel_axis(input.shape)] == kColors;
}

// "input 'data' (1x3x64x64)"
std::string title(const Tensor& input) {
    return "input '" + input.name + "' (" + ops::shape_text(input.shape) + ")";
}

Result<void> check_changeable(const std::string& option, const Graph& graph, const Links& links, TensorId id) {
    if (graph[id].type != OCTAVO_F32)
        return Error(Code::config, option + ": " + title(graph[id]) + " holds whole numbers, expected floats");
    if (links.is_output[index(id)])
        return Error(Code::config, option + ": " + title(graph[id]) + " is an output of the model too, which would be another");
    return {};
}

Result<void> check_count(const std::string& option, const Tensor& input, std::size_t count) {
    if (count == 1) return {};
    const std::size_t axis = channel_axis(input.shape);
    const std::int64_t channels = input.shape.size() > axis ? input.shape[axis] : 1;
    if (static_cast<std::int64_t>(count) == channels) return {};
    return Error(Code::config, option + ": found " + std::to_string(count) + " values for " + title(input) + ", expected one" +
                                   (channels > 1 ? " or " + std::to_string(channels) + ", one a channel" : ""));
}

Result<void> take_values(const std::string& option, const Graph& graph, const ChannelValues& values, std::vector<InputFeed>& feeds,
                         std::vector<float> InputFeed::*member) {
    const Links links(graph);
    for (const auto& [name, of_input] : values) {
        OCTAVO_TRY(const std::size_t i, find_input(graph, option, name));
        OCTAVO_CHECK_OK(check_changeable(option, graph, links, graph.inputs[i]));
        OCTAVO_CHECK_OK(check_count(option, graph[graph.inputs[i]], of_input.size()));
        feeds[i].*member = of_input;
    }
    return {};
}

Result<void> take_reversal(const Graph& graph, std::vector<InputFeed>& feeds) {
    const std::string option = "--reverse-channels";
    const Links links(graph);
    std::string found;
    for (std::size_t i = 0; i < feeds.size(); ++i) {
        const Tensor& input = graph[graph.inputs[i]];
        found += (found.empty() ? "" : ", ") + title(input);
        if (!has_colors(input)) continue;
        OCTAVO_CHECK_OK(check_changeable(option, graph, links, graph.inputs[i]));
        feeds[i].is_reversed = true;
    }
    if (std::any_of(feeds.begin(), feeds.end(), [](const InputFeed& feed) { return feed.is_reversed; })) return {};
    return Error(Code::config, option + ": found " + found + ", expected an image of three channels");
}

bool is_folded_reversal(const Graph& graph, const Links& links, TensorId input) {
    return std::all_of(links.readers[index(input)].begin(), links.readers[index(input)].end(), [&](std::int32_t reader) {
        const Node& node = graph.nodes[static_cast<std::size_t>(reader)];
        return node.op == "Conv" && attribute_or(node, "group", std::int64_t{1}) == 1 && is_float_constant(graph, node.inputs[1]);
    });
}

// A weight [out, in, ...] with its input channels in the other order.
std::vector<float> reversed_channels(const Tensor& weight) {
    const std::span<const float> values = weight.data.as<float>();
    const auto channels = static_cast<std::size_t>(weight.shape[1]);
    const auto places = static_cast<std::size_t>(element_count(std::span(weight.shape).subspan(2)));
    std::vector<float> reversed(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t row = i / places / channels, c = i / places % channels;
        reversed[(row * channels + channels - 1 - c) * places + i % places] = values[i];
    }
    return reversed;
}

void reverse_weights(Graph& graph, const Links& links, TensorId input) {
    for (const std::int32_t reader : links.readers[index(input)]) {
        Node& node = graph.nodes[static_cast<std::size_t>(reader)];
        const Tensor& weight = graph[node.inputs[1]];
        set_constant(graph, links, node, 1, node.name + ".weight", weight.shape, reversed_channels(weight));
    }
}

// Of an operator and of the tensor that it writes.
std::string unused_name(const Graph& graph, const std::string& wish) {
    std::string name = graph.unused_name(wish);
    const bool is_node = std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) { return node.name == name; });
    return is_node ? unused_name(graph, wish + ".again") : name;
}

// Operators one behind the other, from an input on.
class Front {
public:
    Front(Graph& graph, TensorId input, std::size_t axis) : graph_(graph), input_(input), end_(input), axis_(axis) {}

    void gather(std::vector<std::int64_t> places) {
        const TensorId constant = add_constant(graph_, name("order"), std::move(places));
        add("Gather", "reversed", constant, {{"axis", static_cast<std::int64_t>(axis_)}});
    }
    // One value, or one a channel; nothing where none changes anything.
    void arithmetic(const char* op, const char* suffix, const std::vector<float>& values, float neutral) {
        if (std::all_of(values.begin(), values.end(), [neutral](float value) { return value == neutral; })) return;
        Shape shape = {1};
        if (values.size() > 1) {
            shape.assign(graph_[input_].shape.size(), 1);
            shape[axis_] = static_cast<std::int64_t>(values.size());
        }
        add(op, suffix, add_constant(graph_, name(std::string(suffix) + ".by"), std::move(shape), values), {});
    }

    TensorId end() const { return end_; }
    std::vector<Node>& nodes() { return nodes_; }

private:
    std::string name(const std::string& suffix) const { return graph_[input_].name + "." + suffix; }
    void add(const char* op, const char* suffix, TensorId constant, Attributes attributes) {
        const TensorId made = graph_.add_tensor({unused_name(graph_, name(suffix)), OCTAVO_F32, graph_[input_].shape, {}, false});
        nodes_.push_back({graph_[made].name, op, {end_, constant}, {made}, std::move(attributes), {}});
        end_ = made;
    }

    Graph& graph_;
    TensorId input_, end_;
    std::size_t axis_;
    std::vector<Node> nodes_;
};

std::vector<float> in_other_order(const std::vector<float>& values) {
    return {values.rbegin(), values.rend()};
}

// The tensor that the input's readers read now.
TensorId feed_input(Graph& graph, TensorId input, InputFeed feed, Weights weights) {
    const Links links(graph);
    Front front(graph, input, feed.axis);
    if (feed.is_reversed && weights == Weights::may_change && is_folded_reversal(graph, links, input)) {
        reverse_weights(graph, links, input);
        feed.mean = in_other_order(feed.mean);
        feed.scale = in_other_order(feed.scale);
    } else if (feed.is_reversed) {
        front.gather({2, 1, 0});
    }
    front.arithmetic("Sub", "centered", feed.mean, 0);
    front.arithmetic("Div", "scaled", feed.scale, 1);
    replace_reads(graph, links, input, front.end());
    graph.nodes.insert(graph.nodes.begin(), std::make_move_iterator(front.nodes().begin()), std::make_move_iterator(front.nodes().end()));
    return front.end();
}

}  // namespace

Result<std::vector<InputFeed>> input_feeds(const Graph& graph, const Feeding& feeding) {
    std::vector<InputFeed> feeds;
    for (const TensorId id : graph.inputs) feeds.push_back({channel_axis(graph[id].shape), false, {}, {}});
    OCTAVO_CHECK_OK(take_values("--mean", graph, feeding.means, feeds, &InputFeed::mean));
    OCTAVO_CHECK_OK(take_values("--scale", graph, feeding.scales, feeds, &InputFeed::scale));
    if (feeding.reverse_channels) OCTAVO_CHECK_OK(take_reversal(graph, feeds));
    return feeds;
}

std::vector<std::string> feed_inputs(Graph& graph, std::span<const InputFeed> feeds, Weights weights) {
    std::vector<std::string> read;
    for (std::size_t i = 0; i < feeds.size(); ++i) read.push_back(graph[feed_input(graph, graph.inputs[i], feeds[i], weights)].name);
    return read;
}

}  // namespace octavo
