// Old layers that move or select values, and those of object detectors. Sizes that the newer layers compute stand in the file: those of a
// layer's outputs.
#include "core/formats/openvino/import_rows.h"
#include "core/formats/openvino/old_rows.h"

#include <algorithm>
#include <limits>

namespace octavo::openvino {
namespace {

using Ids = std::vector<TensorId>;
using Numbers = std::vector<std::int64_t>;

Result<std::size_t> axis_of(const Importer& in, std::int64_t fallback) {
    OCTAVO_TRY(std::int64_t axis, in.number("axis", fallback));
    const auto rank = static_cast<std::int64_t>(in.rank(0));
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return in.refusal("axis " + std::to_string(axis) + " of " + std::to_string(rank) + " dimensions");
    return static_cast<std::size_t>(axis);
}

// A reshape to what the file says of the output; the batch goes through where it does.
Result<void> reshape_as_declared(Importer& in) {
    Numbers shape = in.declared();
    if (!shape.empty() && in.rank(0) > 0 && shape[0] == in.dims(0)[0]) shape[0] = 0;
    in.finish("Reshape", {in.input(0), in.constant("shape", std::move(shape))});
    return {};
}

Result<void> slice(Importer& in, const Numbers& axes, const Numbers& starts, const Numbers& ends) {
    in.finish("Slice", {in.input(0), in.constant("starts", starts), in.constant("ends", ends), in.constant("axes", axes)});
    return {};
}

}  // namespace

Result<void> read_old_concat(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 1));
    Ids ids;
    for (std::size_t i = 0; i < in.input_count(); ++i) ids.push_back(in.input(i));
    in.finish("Concat", std::move(ids), {{"axis", axis}});
    return {};
}

// Split and Slice: parts as large as the outputs.
Result<void> read_old_split(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, axis_of(in, 1));
    Numbers lengths;
    const std::size_t count = in.layer().outputs.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (in.declared(i).size() != in.rank(0)) return in.refusal("output " + std::to_string(i) + " has another rank than its input");
        lengths.push_back(in.declared(i)[axis]);
    }
    in.finish("Split", {in.input(0), in.constant("lengths", lengths)}, {{"axis", static_cast<std::int64_t>(axis)}}, count);
    return {};
}

// `offset` or `crop_begin` along each of `axis`; how much is left, the output's sizes say.
Result<void> read_old_crop(Importer& in) {
    OCTAVO_TRY(const Numbers axes, in.list("axis"));
    OCTAVO_TRY(Numbers starts, in.list(in.text("crop_begin").empty() ? "offset" : "crop_begin"));
    if (starts.size() == 1) starts.resize(axes.size(), starts[0]);
    if (starts.size() != axes.size())
        return in.refusal(std::to_string(starts.size()) + " offsets for " + std::to_string(axes.size()) + " axes");
    Numbers ends;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const auto axis = static_cast<std::size_t>(axes[i]);
        if (axes[i] < 0 || axis >= in.declared().size()) return in.refusal("axis " + std::to_string(axes[i]) + " of its output");
        std::int64_t end = 0;
        if (starts[i] < 0 || __builtin_add_overflow(starts[i], in.declared()[axis], &end))
            return in.refusal("offset " + std::to_string(starts[i]));
        ends.push_back(end);
    }
    return slice(in, axes, starts, ends);
}

Result<void> read_old_reshape(Importer& in) {
    if (in.input_count() > 1) {
        in.finish("Reshape", {in.input(0), in.input(1)});
        return {};
    }
    OCTAVO_TRY(Numbers shape, in.list("dim"));
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 0));
    OCTAVO_TRY(const std::int64_t axes, in.number("num_axes", -1));
    if (shape.empty() || axis != 0 || axes != -1) return reshape_as_declared(in);
    in.finish("Reshape", {in.input(0), in.constant("shape", std::move(shape))});
    return {};
}

Result<void> read_old_flatten(Importer& in) {
    return reshape_as_declared(in);
}

Result<void> read_old_permute(Importer& in) {
    OCTAVO_TRY(const Numbers order, in.list("order"));
    in.finish("Transpose", {in.input(0)}, {{"perm", order}});
    return {};
}

Result<void> read_old_tile(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, axis_of(in, 1));
    OCTAVO_TRY(const std::int64_t tiles, in.number("tiles", 1));
    Numbers repeats(in.rank(0), 1);
    repeats[axis] = tiles;
    in.finish("Tile", {in.input(0), in.constant("repeats", std::move(repeats))});
    return {};
}

// Indices may be real numbers.
Result<void> read_old_gather(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 0));
    const TensorId indices = in.between("indices", "Cast", {in.input(1)}, {{"to", std::int64_t{7}}});
    in.finish("Gather", {in.input(0), indices}, {{"axis", axis}});
    return {};
}

// Masks of begin and end say 1 where the value counts, as they did before opsets.
Result<void> read_old_strided_slice(Importer& in) {
    return read_slice_by_masks(in, 1);
}

// ---- images of another size

namespace {

// By whole factors where the sizes have them, which leave the batch free.
Result<void> resize(Importer& in, Attributes attributes) {
    const std::vector<std::int64_t>&from = in.dims(0), &to = in.declared();
    if (from.size() != 4 || to.size() != 4 || *std::min_element(from.begin(), from.end()) < 1)
        return in.refusal("its input and its output have " + std::to_string(from.size()) + " and " + std::to_string(to.size()) +
                          " dimensions, expected 4 that are known");
    if (to[2] % from[2] == 0 && to[3] % from[3] == 0) {
        const TensorId scales =
            in.constant("scales", std::vector<float>{1, 1, static_cast<float>(to[2] / from[2]), static_cast<float>(to[3] / from[3])});
        in.finish("Resize", {in.input(0), TensorId::none, scales}, std::move(attributes));
    } else {
        in.finish("Resize", {in.input(0), TensorId::none, TensorId::none, in.constant("sizes", to)}, std::move(attributes));
    }
    return {};
}

}  // namespace

Result<void> read_old_resample(Importer& in) {
    const std::string type = in.text("type", "caffe.ResampleParameter.NEAREST"), method = type.substr(type.rfind('.') + 1);
    if (method != "NEAREST" && method != "LINEAR") return in.refusal("type '" + type + "', expected NEAREST or LINEAR");
    const bool shrinks = in.declared().size() == 4 && in.rank(0) == 4 && in.declared()[2] < in.dims(0)[2];
    if (in.flag("antialias") && shrinks) return in.refusal("it shrinks with antialias, which is not supported");
    if (method == "LINEAR")
        return resize(in, {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("half_pixel")}});
    return resize(in, {{"mode", std::string("nearest")},
                       {"coordinate_transformation_mode", std::string("half_pixel")},
                       {"nearest_mode", std::string("round_prefer_ceil")}});
}

Result<void> read_old_interp(Importer& in) {
    for (const char* pad : {"pad_beg", "pad_end"}) {
        OCTAVO_TRY(const std::int64_t size, in.number(pad, 0));
        if (size != 0) return in.refusal("it pads");
    }
    const std::string places = in.flag("align_corners", true) ? "align_corners" : "asymmetric";
    return resize(in, {{"mode", std::string("linear")}, {"coordinate_transformation_mode", places}});
}

// The place of the greatest value, as a real number.
Result<void> read_old_arg_max(Importer& in) {
    OCTAVO_TRY(const std::int64_t top, in.number("top_k", 1));
    if (top != 1 || in.flag("out_max_val") || in.text("axis").empty())
        return in.refusal("more than one place, values, or over all axes, which is not supported");
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 1));
    in.finish("Cast", {in.between("place", "ArgMax", {in.input(0)}, {{"axis", axis}, {"keepdims", std::int64_t{1}}})},
              {{"to", std::int64_t{1}}});
    return {};
}

// ---- detectors

// Of the two inputs only the sizes count.
Result<void> read_old_priors(Importer& in) {
    const bool clustered = in.layer().type.size() > std::string_view("PriorBox").size();
    OCTAVO_TRY(Attributes attributes, prior_attributes(in, clustered));
    Ids ids;
    for (const std::size_t i : {0U, 1U}) {
        if (in.rank(i) != 4)
            return in.refusal("input " + std::to_string(i) + " has " + std::to_string(in.rank(i)) + " dimensions, expected 4");
        ids.push_back(in.constant("size", Numbers{in.dims(i)[2], in.dims(i)[3]}));
    }
    const TensorId boxes = in.between("boxes", clustered ? "PriorBoxClustered" : "PriorBox", ids, std::move(attributes));
    in.finish("Unsqueeze", {boxes, in.constant("axis", Numbers{0})});
    return {};
}

// Sizes of -1 stand where boxes are shares of the image.
Result<void> read_old_detection_output(Importer& in) {
    OCTAVO_TRY(Attributes attributes, detection_attributes(in));
    attributes["normalized"] = std::int64_t{in.flag("normalized", true)};
    if (in.flag("clip")) attributes["clip_before_nms"] = std::int64_t{1};
    for (const char* size : {"input_width", "input_height"})
        if (std::get<std::int64_t>(attributes[size]) < 1) attributes[size] = std::int64_t{1};
    in.finish("DetectionOutput", {in.input(0), in.input(1), in.input(2)}, std::move(attributes));
    return {};
}

}  // namespace octavo::openvino
