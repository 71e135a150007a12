// Layers that move, select or count values.
#include "core/formats/openvino/import_rows.h"

#include "core/graph/window.h"

#include <algorithm>
#include <limits>

namespace octavo::openvino {
namespace {

using Ids = std::vector<TensorId>;
using Numbers = std::vector<std::int64_t>;

std::int64_t wrapped(std::int64_t axis, std::size_t rank) {
    return axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis;
}

Result<std::string> reduction_of(const Importer& in) {
    constexpr std::pair<std::string_view, const char*> kReductions[] = {
        {"none", "none"}, {"sum", "add"}, {"prod", "mul"}, {"max", "max"}, {"min", "min"}};
    const std::string text = in.text("reduction", "none");
    for (const auto& [name, reduction] : kReductions)
        if (name == text) return std::string(reduction);
    return in.refusal("reduction '" + text + "', which is not supported");
}

}  // namespace

// The target's dimensions of 1 take the tensor's in both modes that ONNX can say.
Result<void> read_broadcast(Importer& in) {
    const std::string mode = in.text("mode", "numpy");
    if (mode != "numpy" && mode != "bidirectional") return in.refusal("mode '" + mode + "', expected 'numpy' or 'bidirectional'");
    in.finish("Expand", {in.input(0), in.input(1)});
    return {};
}

Result<void> read_concat(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 0));
    Ids ids;
    for (std::size_t i = 0; i < in.input_count(); ++i) ids.push_back(in.input(i));
    in.finish("Concat", std::move(ids), {{"axis", axis}});
    return {};
}

Result<void> read_blocks(Importer& in) {
    OCTAVO_TRY(const std::int64_t size, in.number("block_size", 1));
    const bool depth_first = in.text("mode") == "depth_first";
    if (depth_first && in.layer().type == "SpaceToDepth") return in.refusal("mode 'depth_first', expected 'blocks_first'");
    in.finish(in.layer().type.c_str(), {in.input(0)}, {{"blocksize", size}, {"mode", std::string(depth_first ? "CRD" : "DCR")}});
    return {};
}

Result<void> read_gather(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.integer(2));
    OCTAVO_TRY(const std::int64_t batch_dims, in.number("batch_dims", 0));
    if (batch_dims != 0) return in.refusal("batch_dims is " + std::to_string(batch_dims) + ", expected 0");
    in.finish("Gather", {in.input(0), in.input(1)}, {{"axis", axis}});
    return {};
}

Result<void> read_gather_nd(Importer& in) {
    OCTAVO_TRY(const std::int64_t batch_dims, in.number("batch_dims", 0));
    in.finish("GatherND", {in.input(0), in.input(1)}, {{"batch_dims", batch_dims}});
    return {};
}

Result<void> read_gather_elements(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 0));
    in.finish("GatherElements", {in.input(0), in.input(1)}, {{"axis", axis}});
    return {};
}

Result<void> read_scatter_nd(Importer& in) {
    OCTAVO_TRY(const std::string reduction, reduction_of(in));
    in.finish("ScatterND", {in.input(0), in.input(1), in.input(2)}, {{"reduction", reduction}});
    return {};
}

Result<void> read_scatter_elements(Importer& in) {
    OCTAVO_TRY(const std::string reduction, reduction_of(in));
    OCTAVO_TRY(const std::int64_t axis, in.integer(3));
    if (!in.flag("use_init_val", true)) return in.refusal("its reduction leaves out what was there, which is not supported");
    in.finish("ScatterElements", {in.input(0), in.input(1), in.input(2)}, {{"axis", axis}, {"reduction", reduction}});
    return {};
}

// Indices, depth, on, off. Negative indices mean nothing here unless the layer says so, and count from the end in ONNX: behind the end they
// mean nothing in both.
Result<void> read_one_hot(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", -1));
    OCTAVO_TRY(const std::int64_t depth, in.integer(1));
    TensorId index = in.input(0);
    if (in.text("negative_indices_mode", "ignore_negative") != "normalize") {
        const TensorId wide = in.between("index", "Cast", {index}, {{"to", std::int64_t{7}}});
        const TensorId below = in.between("below", "Less", {wide, in.constant("zero", Numbers{0})});
        index = in.between("place", "Where", {below, in.constant("nowhere", Numbers{depth}), wide});
    }
    const auto one = [&](std::size_t i, const char* what) {
        return in.between(what, "Reshape", {in.input(i), in.constant("one", Numbers{1})});
    };
    const TensorId values = in.between("values", "Concat", {one(3, "off"), one(2, "on")}, {{"axis", std::int64_t{0}}});
    in.finish("OneHot", {index, in.input(1), values}, {{"axis", axis}});
    return {};
}

// Opset 4: x, sizes, scales, axes; opset 11: x, sizes or scales, axes.
Result<void> read_interpolate(Importer& in) {
    if (in.layer().opset == "opset1") return in.refusal("the form of opset1, expected that of opset4 or newer");
    const bool by_scales = in.text("shape_calculation_mode", "sizes") == "scales";
    const bool newer = in.layer().opset == "opset11";
    for (const char* pads : {"pads_begin", "pads_end"}) {
        OCTAVO_TRY(const Numbers values, in.list(pads));
        if (std::any_of(values.begin(), values.end(), [](std::int64_t pad) { return pad != 0; })) return in.refusal("it pads");
    }
    std::string mode = in.text("mode", "nearest");
    if (mode == "linear_onnx") mode = "linear";
    if (mode != "nearest" && mode != "linear" && mode != "cubic") return in.refusal("mode '" + mode + "', which is not supported");
    const bool filters = in.flag("antialias") && mode != "nearest";
    if (filters && size_changes(in.dims(0), in.declared()).shrinks) return in.refusal("antialias, for which ONNX has other weights");
    Attributes attributes = {{"mode", mode},
                             {"coordinate_transformation_mode", in.text("coordinate_transformation_mode", "half_pixel")},
                             {"nearest_mode", in.text("nearest_mode", "round_prefer_floor")}};
    OCTAVO_TRY(attributes["cubic_coeff_a"], in.real("cube_coeff", -0.75F));
    const std::size_t axes_input = newer ? 2 : 3;
    if (in.input_count() > axes_input) {
        OCTAVO_TRY(attributes["axes"], in.integers(axes_input));
    }
    if (by_scales)
        in.finish("Resize", {in.input(0), TensorId::none, in.input(newer ? 1 : 2)}, std::move(attributes));
    else
        in.finish("Resize", {in.input(0), TensorId::none, TensorId::none, in.input(1)}, std::move(attributes));
    return {};
}

Result<void> read_pad(Importer& in) {
    OCTAVO_TRY(Numbers pads, in.integers(1));
    OCTAVO_TRY(const Numbers behind, in.integers(2));
    pads.insert(pads.end(), behind.begin(), behind.end());
    const std::string mode = in.text("pad_mode", "constant");
    if (mode != "constant" && mode != "edge" && mode != "reflect") return in.refusal("mode '" + mode + "', which is not supported");
    Ids ids = {in.input(0), in.constant("pads", pads)};
    if (in.input_count() > 3) ids.push_back(in.input(3));
    in.finish("Pad", std::move(ids), {{"mode", mode}});
    return {};
}

Result<void> read_range(Importer& in) {
    in.finish("Range", {in.input(0), in.input(1), in.input(2)});
    return {};
}

Result<void> read_reshape(Importer& in) {
    const Result<Numbers> target = in.integers(1);
    const bool has_zero = !target || std::find(target->begin(), target->end(), 0) != target->end();
    Attributes attributes;
    if (has_zero && !in.flag("special_zero")) attributes["allowzero"] = std::int64_t{1};
    in.finish("Reshape", {in.input(0), in.input(1)}, std::move(attributes));
    return {};
}

Result<void> read_shape(Importer& in) {
    in.finish("Shape", {in.input(0)});
    return {};
}

// x, starts, ends, steps, axes
Result<void> read_slice(Importer& in) {
    Ids ids = {in.input(0), in.input(1), in.input(2)};
    if (in.input_count() > 4) {
        ids.push_back(in.input(4));
    } else {
        OCTAVO_TRY(Numbers axes, in.integers(1));
        for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<std::int64_t>(i);
        ids.push_back(in.constant("axes", std::move(axes)));
    }
    ids.push_back(in.input(3));
    in.finish("Slice", std::move(ids));
    return {};
}

// Split: x, axis; VariadicSplit: x, axis, lengths, one of which may be -1.
Result<void> read_split(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.integer(1));
    const std::size_t outputs = in.layer().outputs.size();
    if (in.layer().type == "Split") {
        in.finish("Split", {in.input(0)}, {{"axis", axis}}, outputs);
        return {};
    }
    OCTAVO_TRY(Numbers lengths, in.integers(2));
    const auto open = std::find(lengths.begin(), lengths.end(), -1);
    if (open != lengths.end()) {
        const std::vector<std::int64_t>& dims = in.dims(0);
        const auto at = static_cast<std::size_t>(wrapped(axis, dims.size()));
        if (at >= dims.size() || dims[at] < 0) return in.refusal("a length is -1 along a dimension that is open");
        std::int64_t rest = dims[at];
        for (const std::int64_t length : lengths) {
            if (length < -1 || length > rest) return in.refusal("its lengths do not fit");
            rest -= std::max<std::int64_t>(length, 0);
        }
        *open = rest;
    }
    in.finish("Split", {in.input(0), in.constant("lengths", lengths)}, {{"axis", axis}}, outputs);
    return {};
}

Result<void> read_axes(Importer& in) {
    Ids ids = {in.input(0)};
    if (in.input_count() > 1) {
        OCTAVO_TRY(const Numbers axes, in.integers(1));
        ids.push_back(in.constant("axes", axes));
    }
    in.finish(in.layer().type.c_str(), std::move(ids));
    return {};
}

// Masks of begin and end say 1 where the value does not count, as in the file, not as in the text of the specification.
Result<void> read_strided_slice(Importer& in) {
    return read_slice_by_masks(in, 0);
}

// An entry of a mask that is absent is 0, of those of begin and end `counts`.
Result<void> read_slice_by_masks(Importer& in, std::int64_t counts) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max(), kLeast = std::numeric_limits<std::int64_t>::min();
    OCTAVO_TRY(Numbers starts, in.integers(1));
    OCTAVO_TRY(Numbers ends, in.integers(2));
    Numbers steps(starts.size(), 1);
    if (in.input_count() > 3) {
        OCTAVO_TRY(steps, in.integers(3));
    }
    if (ends.size() != starts.size() || steps.size() != starts.size()) return in.refusal("begin, end and strides differ in length");
    const auto mask = [&](const char* name, std::int64_t absent = 0) -> Result<Numbers> {
        OCTAVO_TRY(Numbers values, in.list(name));
        values.resize(starts.size(), absent);
        return values;
    };
    OCTAVO_TRY(const Numbers begin_open, mask("begin_mask", counts));
    OCTAVO_TRY(const Numbers end_open, mask("end_mask", counts));
    OCTAVO_TRY(const Numbers shrinks, mask("shrink_axis_mask"));
    for (const char* name : {"new_axis_mask", "ellipsis_mask"}) {
        OCTAVO_TRY(const Numbers values, mask(name));
        if (std::any_of(values.begin(), values.end(), [](std::int64_t v) { return v != 0; }))
            return in.refusal(std::string(name) + ", which is not supported");
    }
    Numbers axes, gone;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        axes.push_back(static_cast<std::int64_t>(i));
        if (shrinks[i] != 0) {
            ends[i] = starts[i] == -1 || starts[i] == kMost ? kMost : starts[i] + 1;
            steps[i] = 1;
            gone.push_back(axes.back());
            continue;
        }
        if (begin_open[i] != counts) starts[i] = steps[i] > 0 ? 0 : kMost;
        if (end_open[i] != counts) ends[i] = steps[i] > 0 ? kMost : kLeast;
    }
    const Ids ids = {in.input(0), in.constant("starts", starts), in.constant("ends", ends), in.constant("axes", axes),
                     in.constant("steps", steps)};
    if (gone.empty())
        in.finish("Slice", ids);
    else
        in.finish("Squeeze", {in.between("slice", "Slice", ids), in.constant("gone", gone)});
    return {};
}

Result<void> read_top_k(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", -1));
    if (in.text("sort", "value") == "index") return in.refusal("sorted by index, which is not supported");
    const TensorId k = in.between("k", "Reshape", {in.input(1), in.constant("one", Numbers{1})});  // a scalar here, a list in ONNX
    in.finish("TopK", {in.input(0), k}, {{"axis", axis}, {"largest", std::int64_t{in.text("mode", "max") == "max"}}}, 2);
    return {};
}

Result<void> read_transpose(Importer& in) {
    OCTAVO_TRY(const Numbers order, in.integers(1));
    Attributes attributes;
    if (!order.empty()) attributes["perm"] = order;
    in.finish("Transpose", {in.input(0)}, std::move(attributes));
    return {};
}

Result<void> read_suppression(Importer& in) {
    if (in.flag("sort_result_descending", true)) return in.refusal("sorted over all classes, which is not supported");
    if (in.input_count() > 5) {
        OCTAVO_TRY(const std::vector<float> sigma, in.reals(5));
        if (sigma != std::vector<float>{0}) return in.refusal("soft suppression, which is not supported");
    }
    Ids ids;
    for (std::size_t i = 0; i < std::min<std::size_t>(in.input_count(), 5); ++i) ids.push_back(in.input(i));
    in.finish("NonMaxSuppression", std::move(ids), {{"center_point_box", std::int64_t{in.text("box_encoding", "corner") == "center"}}});
    return {};
}

}  // namespace octavo::openvino
