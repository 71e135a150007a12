// See window.h.
#include "core/graph/window.h"

#include "core/graph/flat.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <functional>

namespace octavo {

WindowLists::Numbers WindowLists::pads() const {
    Numbers all = begin;
    all.insert(all.end(), end.begin(), end.end());
    return all;
}

bool WindowLists::has_pads() const {
    const Numbers all = pads();
    return std::any_of(all.begin(), all.end(), [](std::int64_t pad) { return pad != 0; });
}

WindowLists::Numbers WindowLists::end_for_floor() const {
    Numbers result;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
        const std::int64_t reach = (output[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
        result.push_back(std::max<std::int64_t>(end[i], reach - input[i] - begin[i]));
    }
    return result;
}

WindowLists::Numbers WindowLists::output_padding() const {
    Numbers added;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
        const std::int64_t covered = (input[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
        added.push_back(output[i] - covered + begin[i] + end[i]);
    }
    return added;
}

Result<WindowLists> window_lists(const Graph& graph, const Node& node) {
    std::vector<octavo_tensor_info> infos(graph.tensors.size());
    for (const TensorId id : node.inputs)
        if (id != TensorId::none) infos[index(id)] = flatten(graph[id]);
    const FlatNode flat(node);
    const auto resolve = node.op == "ConvTranspose" ? ops::transposed_window_of : ops::window_of;
    OCTAVO_TRY(const ops::Window w, resolve(ops::NodeView(flat.view(), infos)));
    WindowLists lists{{w.kernel_h, w.kernel_w},    {w.stride_h, w.stride_w}, {w.dilation_h, w.dilation_w}, {w.pad_top, w.pad_left},
                      {w.pad_bottom, w.pad_right}, {w.input_h, w.input_w},   {w.output_h, w.output_w}};
    if (graph[node.inputs[0]].shape.size() == 3)
        for (auto* list : {&lists.kernel, &lists.strides, &lists.dilations, &lists.begin, &lists.end, &lists.input, &lists.output})
            list->erase(list->begin());
    return lists;
}

SizeChanges size_changes(const Graph& graph, const Node& node) {
    return size_changes(graph[node.inputs[0]].shape, graph[node.outputs[0]].shape);
}

SizeChanges size_changes(const Shape& from, const Shape& to) {
    return {!std::equal(from.begin(), from.end(), to.begin(), to.end(), std::less_equal<>()),
            !std::equal(from.begin(), from.end(), to.begin(), to.end(), std::greater_equal<>())};
}

bool is_antialiased(const Graph& graph, const Node& node) {
    const bool filters = attribute_or(node, "antialias", std::int64_t{0}) != 0 && attribute_or(node, "mode", std::string()) != "nearest";
    return filters && size_changes(graph, node).shrinks;
}

}  // namespace octavo
