// How an application feeds a model, made part of the graph that it feeds: other input sizes, raw pixels in place of normalized ones, colors
// in the other order. Applied to a graph as it was read, before the passes; not one of them, since each changes what the model computes.
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace octavo {

// By input; "" is the only input of a model that has one.
using InputShapes = std::map<std::string, Shape>;
using ChannelValues = std::map<std::string, std::vector<float>>;

struct Feeding {
    ChannelValues means, scales;
    bool reverse_channels = false;

    bool empty() const { return means.empty() && scales.empty() && !reverse_channels; }
};

// Gives inputs other shapes. -1 in dimension 0 leaves the batch as it is. Errors, Code::config: an input that is not there, another number
// of dimensions.
Result<void> set_input_shapes(Graph& graph, const InputShapes& shapes);

// A Reshape that says -1 for the batch takes in what other sizes leave over. Error, Code::config, where an output of `reshaped` has lost
// the batch that it has in `as_read`; names the operator that lost it. Both graphs have their shapes inferred.
Result<void> check_batch_stays(const Graph& as_read, const Graph& reshaped);

// What is done with one input: the channels in the other order, then (x - mean) / scale.
struct InputFeed {
    std::size_t axis = 1;  // of the channels
    bool is_reversed = false;
    std::vector<float> mean, scale;  // none, one, or one a channel in the model's own order

    bool is_normalized() const { return !mean.empty() || !scale.empty(); }
};

// [input]. Channels are dimension 1, or the last of four where that has the size of colors (3 or 4) and those before it are larger. Only
// inputs of four dimensions and more with three channels are reversed. Errors, Code::config: an input that is not there, that is no float
// or an output too, a number of values other than one or that of the channels, nothing to reverse.
Result<std::vector<InputFeed>> input_feeds(const Graph& graph, const Feeding& feeding);

// A reversal goes into the weights where all who read the input are convolutions with constant weights and without groups, unless those
// must stay; else it is a Gather.
enum class Weights { may_change, stay };

// Puts what the feeds say in front of those who read the inputs, as Gather, Sub and Div. Returns [input] the name of the tensor that they
// read instead, which is the input's own where nothing was put in front.
std::vector<std::string> feed_inputs(Graph& graph, std::span<const InputFeed> feeds, Weights weights);

// Error, Code::config, where there is no such input. `option` is whose value names it.
Result<std::size_t> find_input(const Graph& graph, const std::string& option, const std::string& name);

}  // namespace octavo
