// The window of a convolution or pooling as lists of one number a spatial axis, for formats that write it so. Pads are the ones that the
// node has in the graph, whatever chooses them.
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

}  // namespace octavo
