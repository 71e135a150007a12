// What moves, selects or counts values.
#include "core/formats/openvino/operator_rows.h"
#include "core/formats/triangle.h"

#include <algorithm>
#include <limits>

namespace octavo::openvino {
namespace {

const LayerType kReshape = {"Reshape", "opset1"};
using Numbers = std::vector<std::int64_t>;

Result<Values> reshape(Job& job, const LayerType& layer, Numbers target, bool copies_zeros) {
    const Value shape = job.ir.integers(job.part("shape"), std::move(target));
    return Values{
        job.ir.add(layer, job.node.name, {{"special_zero", copies_zeros ? "true" : "false"}}, {job.read(0), shape}, job.output())};
}

std::int64_t wrapped(std::int64_t axis, std::int64_t rank) {
    return axis < 0 ? axis + rank : axis;
}

Value squeeze(Job& job, Value x, std::int64_t axis) {
    return job.ir.add({"Squeeze", "opset1"}, job.part("squeeze"), {}, {x, job.ir.integers(job.part("squeezed"), {axis})}, job.output());
}

// The first of equal values, as the stable TopK has it, along an axis that stays with a size of 1.
Value first_extreme(Job& job, const LayerType& layer, const char* mode, std::int64_t axis) {
    const Data data = {
        {"axis", std::to_string(axis)}, {"mode", mode}, {"sort", "value"}, {"index_element_type", "i64"}, {"stable", "true"}};
    Shape shape = job.input(0).shape;
    shape[static_cast<std::size_t>(axis)] = 1;
    return job.ir.add(layer, job.part("place"), data, Values{job.read(0), job.ir.integer(job.part("one"), 1)},
                      std::vector<PortType>{{job.input(0).type, shape}, {OCTAVO_S64, shape}})[1];
}

// As the layers of both scatters call it.
std::string reduction_of(const Job& job) {
    const std::string reduction = attribute_or(job.node, "reduction", std::string("none"));
    return reduction == "add" ? "sum" : reduction == "mul" ? "prod" : reduction;
}

}  // namespace

Result<Values> write_reshape(Job& job, const LayerType& layer) {
    const bool copies = attribute_or(job.node, "allowzero", std::int64_t{0}) == 0;
    Numbers target = job.integers(1, "shape");
    if (!target.empty() || !job.has(1)) return reshape(job, layer, target, copies);
    return Values{job.ir.add(layer, job.node.name, {{"special_zero", copies ? "true" : "false"}}, job.read_all(), job.output())};
}

// At most one of the two sizes may be open.
Result<Values> write_flatten(Job& job, const LayerType& layer) {
    const std::int64_t axis = job.axis("axis", 1);
    const Shape& out = job.output().shape;
    if (axis == 1 && job.rank() > 0) return reshape(job, layer, {0, -1}, true);
    if (out[0] >= 0) return reshape(job, layer, {out[0], -1}, false);
    return reshape(job, layer, {-1, out[1]}, false);
}

Result<Values> write_transpose(Job& job, const LayerType& layer) {
    Numbers order = attribute_or(job.node, "perm", Numbers());
    if (order.empty())
        for (std::int64_t i = job.rank(); i-- > 0;) order.push_back(i);
    return Values{job.ir.add(layer, job.node.name, {}, {job.read(0), job.ir.integers(job.part("order"), order)}, job.output())};
}

// Squeeze, Unsqueeze.
Result<Values> write_axes(Job& job, const LayerType& layer) {
    Numbers axes = job.integers(1, "axes");
    if (axes.empty() && job.node.op == "Squeeze")
        for (std::int64_t i = 0; i < job.rank(); ++i)
            if (job.input(0).shape[static_cast<std::size_t>(i)] == 1) axes.push_back(i);
    return Values{job.ir.add(layer, job.node.name, {}, {job.read(0), job.ir.integers(job.part("axes"), axes)}, job.output())};
}

Result<Values> write_concat(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"axis", std::to_string(job.axis("axis", 0))}}, job.read_all(), job.output())};
}

Result<Values> write_slice(Job& job, const LayerType& layer) {
    const Numbers starts = job.integers(1, "starts"), ends = job.integers(2, "ends");
    Numbers axes = job.integers(3, "axes"), steps = job.integers(4, "steps");
    if (axes.empty())
        for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    steps.resize(starts.size(), 1);
    const auto list = [&](const char* what, const Numbers& values) { return job.ir.integers(job.part(what), values); };
    return Values{job.ir.add(layer, job.node.name, {},
                             {job.read(0), list("starts", starts), list("ends", ends), list("steps", steps), list("axes", axes)},
                             job.output())};
}

Result<Values> write_split(Job& job, const LayerType& layer) {
    const std::int64_t axis = job.axis("axis", 0);
    Numbers parts;
    std::vector<PortType> outputs;
    for (std::size_t i = 0; i < job.node.outputs.size(); ++i) {
        outputs.push_back(job.output(i));
        parts.push_back(outputs.back().shape[static_cast<std::size_t>(axis)]);
    }
    const Values inputs = {job.read(0), job.ir.integer(job.part("axis"), axis), job.ir.integers(job.part("parts"), parts)};
    return job.ir.add(layer, job.node.name, {}, inputs, outputs);
}

Result<Values> write_pad(Job& job, const LayerType& layer) {
    const std::string mode = attribute_or(job.node, "mode", std::string("constant"));
    if (mode == "wrap") return job.refusal("it pads with the other side");
    const Numbers listed = job.integers(1, "pads"), axes = job.integers(3, "axes");
    const auto rank = static_cast<std::size_t>(job.rank());
    Numbers before(rank, 0), behind(rank, 0);
    const std::size_t count = listed.size() / 2;
    for (std::size_t i = 0; i < count; ++i) {
        const auto axis = axes.empty() ? i : static_cast<std::size_t>(wrapped(axes[i], job.rank()));
        before[axis] = listed[i];
        behind[axis] = listed[count + i];
    }
    Values inputs = {job.read(0), job.ir.integers(job.part("before"), before), job.ir.integers(job.part("behind"), behind)};
    if (mode == "constant")
        inputs.push_back(job.has(2) ? job.read_as(2, {}) : job.ir.scalar(job.part("value"), attribute_or(job.node, "value", 0.0F)));
    return Values{job.ir.add(layer, job.node.name, {{"pad_mode", mode}}, inputs, job.output())};
}

Result<Values> write_gather(Job& job, const LayerType& layer) {
    const Value axis = job.ir.integer(job.part("axis"), job.axis("axis", 0));
    return Values{job.ir.add(layer, job.node.name, {{"batch_dims", "0"}}, {job.read(0), job.read(1), axis}, job.output())};
}

Result<Values> write_gather_nd(Job& job, const LayerType& layer) {
    const Data data = {{"batch_dims", std::to_string(attribute_or(job.node, "batch_dims", std::int64_t{0}))}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

// Cutting longer data with a Slice is what OpenVINO 2026.4.1 takes out again, and then refuses.
Result<Values> write_gather_elements(Job& job, const LayerType& layer) {
    const std::int64_t axis = job.axis("axis", 0);
    for (std::size_t i = 0; i < job.input(0).shape.size(); ++i)
        if (static_cast<std::int64_t>(i) != axis && job.input(0).shape[i] != job.input(1).shape[i])
            return job.refusal("its indices are shorter than the data along other axes");
    return Values{job.ir.add(layer, job.node.name, {{"axis", std::to_string(axis)}}, job.read_all(), job.output())};
}

// Reductions came later.
Result<Values> write_scatter_nd(Job& job, const LayerType& layer) {
    const std::string reduction = reduction_of(job);
    if (reduction == "none") return Values{job.ir.add(layer, job.node.name, {}, job.read_all(), job.output())};
    return Values{job.ir.add({layer.name, "opset15"}, job.node.name, {{"reduction", reduction}}, job.read_all(), job.output())};
}

Result<Values> write_scatter_elements(Job& job, const LayerType& layer) {
    const Value axis = job.ir.integer(job.part("axis"), job.axis("axis", 0));
    return Values{job.ir.add(layer, job.node.name, {{"reduction", reduction_of(job)}, {"use_init_val", "true"}},
                             {job.read(0), job.read(1), job.read(2), axis}, job.output())};
}

// By a mask of what stays.
Result<Values> write_trilu(Job& job, const LayerType& layer) {
    const Numbers diagonal = job.integers(1, "k");
    const std::int64_t rows = job.input(0).shape[job.input(0).shape.size() - 2], columns = job.input(0).shape.back();
    if (rows < 0 || columns < 0 || (job.has(1) && diagonal.empty())) return job.refusal("its diagonal or matrix is not known before");
    const bool upper = attribute_or(job.node, "upper", std::int64_t{1}) != 0;
    const Value mask = job.ir.constant(job.part("mask"), OCTAVO_BOOLEAN, {rows, columns},
                                       make_buffer(triangle(job.input(0).shape, diagonal.empty() ? 0 : diagonal[0], upper)));
    const octavo_type type = job.output().type;
    const Value zero = job.ir.constant(job.part("zero"), type, {}, make_buffer(std::vector<std::uint8_t>(element_bytes(type), 0)));
    return Values{job.ir.add(layer, job.node.name, {{"auto_broadcast", "numpy"}}, {mask, job.read(0), zero}, job.output())};
}

// Negative indices count from the end, which this layer does not know.
Result<Values> write_one_hot(Job& job, const LayerType& layer) {
    const Data numpy = {{"auto_broadcast", "numpy"}};
    const std::int64_t axis = wrapped(attribute_or(job.node, "axis", std::int64_t{-1}), job.rank() + 1);
    const PortType type = {OCTAVO_S64, job.input(0).shape};
    const Value depth = job.ir.integer(job.part("depth"), job.output().shape[static_cast<std::size_t>(axis)]);
    const Value index = job.ir.add({"Convert", "opset1"}, job.part("index"), {{"destination_type", "i64"}}, {job.read(0)}, type);
    const Value below = job.ir.add({"Less", "opset1"}, job.part("below"), numpy, {index, job.ir.integer(job.part("zero"), 0)},
                                   {OCTAVO_BOOLEAN, type.shape});
    const Value shifted = job.ir.add({"Add", "opset1"}, job.part("shifted"), numpy, {index, depth}, type);
    const Value place = job.ir.add({"Select", "opset1"}, job.part("place"), numpy, {below, shifted, index}, type);
    const auto value = [&](const char* what, std::int64_t at) {
        const Values inputs = {job.read(2), job.ir.integer(job.part("at"), at), job.ir.integer(job.part("axis"), 0)};
        return job.ir.add({"Gather", "opset8"}, job.part(what), {{"batch_dims", "0"}}, inputs, {job.output().type, {}});
    };
    return Values{
        job.ir.add(layer, job.node.name, {{"axis", std::to_string(axis)}}, {place, depth, value("on", 1), value("off", 0)}, job.output())};
}

// A one at the place of the greatest.
Result<Values> write_hardmax(Job& job, const LayerType& layer) {
    const bool flattens = attribute_or(job.node, "opset", std::int64_t{13}) < 13;
    const std::int64_t axis = job.axis("axis", flattens ? 1 : -1);
    const auto along = static_cast<std::size_t>(axis);
    const std::int64_t size = job.input(0).shape[along];
    if (size < 0 || (flattens && axis + 1 != job.rank())) return job.refusal("it runs over several dimensions, or one that is open");
    const Value place = squeeze(job, first_extreme(job, layer, "max", axis), axis);
    const Values inputs = {place, job.ir.integer(job.part("depth"), size), job.ir.scalar(job.part("on"), 1),
                           job.ir.scalar(job.part("off"), 0)};
    return Values{job.ir.add({"OneHot", "opset1"}, job.node.name, {{"axis", std::to_string(axis)}}, inputs, job.output())};
}

Result<Values> write_tile(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {}, job.read_all(), job.output())};
}

Result<Values> write_expand(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"mode", "bidirectional"}}, job.read_all(), job.output())};
}

// The value is our input 1.
Result<Values> write_constant_of_shape(Job& job, const LayerType& layer) {
    const Value value = job.has(1) ? job.read(1) : job.ir.scalar(job.part("value"), 0);
    return Values{job.ir.add(layer, job.node.name, {{"mode", "bidirectional"}}, {value, job.read(0)}, job.output())};
}

Result<Values> write_shape(Job& job, const LayerType& layer) {
    const auto limit = [&](std::int64_t at) { return std::clamp<std::int64_t>(wrapped(at, job.rank()), 0, job.rank()); };
    const std::int64_t start = limit(attribute_or(job.node, "start", std::int64_t{0}));
    const std::int64_t end = limit(attribute_or(job.node, "end", job.rank()));
    const Value shape = job.ir.add(layer, job.node.name, {{"output_type", "i64"}}, job.read_all(), {OCTAVO_S64, {job.rank()}});
    if (start == 0 && end == job.rank()) return Values{shape};
    const auto list = [&](const char* what, std::int64_t value) { return job.ir.integers(job.part(what), {value}); };
    return Values{between(job, {"Slice", "opset8"}, "part",
                          {shape, list("start", start), list("end", std::max(start, end)), list("step", 1), list("axis", 0)})};
}

Result<Values> write_size(Job& job, const LayerType& layer) {
    const Value shape = job.ir.add(layer, job.part("shape"), {{"output_type", "i64"}}, job.read_all(), {OCTAVO_S64, {job.rank()}});
    return Values{job.ir.add({"ReduceProd", "opset1"}, job.node.name, {{"keep_dims", "false"}},
                             {shape, job.ir.integers(job.part("axes"), {0})}, job.output())};
}

Result<Values> write_range(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"output_type", element_type(job.output().type)}}, job.read_all(), job.output())};
}

Result<Values> write_top_k(Job& job, const LayerType& layer) {
    Value k = job.has(1) ? job.read(1) : job.ir.integer(job.part("k"), attribute_or(job.node, "k", std::int64_t{1}));
    if (job.has(1)) k = job.ir.add({"Squeeze", "opset1"}, job.part("count"), {}, {k}, {OCTAVO_S64, {}});
    const bool largest = attribute_or(job.node, "largest", std::int64_t{1}) != 0;
    const Data data = {{"axis", std::to_string(job.axis("axis", -1))},
                       {"mode", largest ? "max" : "min"},
                       {"sort", "value"},
                       {"index_element_type", "i64"},
                       {"stable", "true"}};
    return job.ir.add(layer, job.node.name, data, Values{job.read(0), k},
                      std::vector<PortType>{job.output(), {OCTAVO_S64, job.output().shape}});
}

Result<Values> write_arg_extreme(Job& job, const LayerType& layer) {
    if (attribute_or(job.node, "select_last_index", std::int64_t{0}) != 0) return job.refusal("it selects the last of equal values");
    const std::int64_t axis = job.axis("axis", 0);
    const Value found = first_extreme(job, layer, job.node.op == "ArgMax" ? "max" : "min", axis);
    const bool keeps = attribute_or(job.node, "keepdims", std::int64_t{1}) != 0;
    return Values{keeps ? found : squeeze(job, found, axis)};
}

Result<Values> write_suppression(Job& job, const LayerType& layer) {
    const auto scalar = [&](std::size_t i, const char* what, octavo_type type, Value fallback) {
        if (!job.has(i)) return fallback;
        return job.ir.add(kReshape, job.part(what), {{"special_zero", "false"}}, {job.read(i), job.ir.integers(job.part("none"), {})},
                          {type, {}});
    };
    const Values inputs = {job.read(0), job.read(1), scalar(2, "most", OCTAVO_S64, job.ir.integer(job.part("all"), 0)),
                           scalar(3, "overlap", OCTAVO_F32, job.ir.scalar(job.part("none_over"), 0)),
                           scalar(4, "least", OCTAVO_F32, job.ir.scalar(job.part("any"), std::numeric_limits<float>::lowest()))};
    const bool centred = attribute_or(job.node, "center_point_box", std::int64_t{0}) != 0;
    const Data data = {{"box_encoding", centred ? "center" : "corner"}, {"sort_result_descending", "false"}, {"output_type", "i64"}};
    const std::vector<PortType> outputs = {job.output(), {OCTAVO_F32, job.output().shape}, {OCTAVO_S64, {1}}};
    return Values{job.ir.add(layer, job.node.name, data, inputs, outputs).front()};
}

}  // namespace octavo::openvino
