// What is asked of operators on images by those who write them: a window as lists of one number a spatial axis, with the pads that it has
// in the graph, whatever chooses them.
#pragma once

#include "core/graph/graph.h"

namespace octavo {

struct WindowLists {
    using Numbers = std::vector<std::int64_t>;
    Numbers kernel, strides, dilations, begin, end, input, output;

    Numbers pads() const;  // as ONNX: begins, then ends
    bool has_pads() const;
    // Pads at the end that give a pooling's output when its size is rounded down, as far as any are missing.
    Numbers end_for_floor() const;
    // What a transposed convolution adds at the end of what its windows cover.
    Numbers output_padding() const;
};

// Of a Conv, ConvTranspose or pooling whose shapes are inferred. Error: Code::model.
Result<WindowLists> window_lists(const Graph& graph, const Node& node);

// What a Resize does to sizes, along any axis.
struct SizeChanges {
    bool shrinks = false, enlarges = false;
};
SizeChanges size_changes(const Shape& from, const Shape& to);
SizeChanges size_changes(const Graph& graph, const Node& node);

// A Resize whose filter covers more where it shrinks.
bool is_antialiased(const Graph& graph, const Node& node);

}  // namespace octavo
