// Layers of object detectors.
#include "core/formats/openvino/import_rows.h"

namespace octavo::openvino {
namespace {

using Numbers = std::vector<std::int64_t>;

}  // namespace

Result<Attributes> prior_attributes(const Importer& in, bool clustered) {
    Attributes attributes;
    const auto flags = [&](std::initializer_list<std::pair<const char*, bool>> names) {
        for (const auto& [name, fallback] : names) attributes[name] = std::int64_t{in.flag(name, fallback)};
    };
    const auto reals = [&](std::initializer_list<const char*> names) -> Result<void> {
        for (const char* name : names) {
            OCTAVO_TRY(attributes[name], in.real(name, 0));
        }
        return {};
    };
    const auto lists = [&](std::initializer_list<const char*> names) -> Result<void> {
        for (const char* name : names) {
            OCTAVO_TRY(attributes[name], in.real_list(name));
        }
        return {};
    };
    flags({{"clip", false}});
    OCTAVO_CHECK_OK(reals({"step", "offset"}));
    OCTAVO_CHECK_OK(lists({"variance"}));
    if (clustered) {
        OCTAVO_CHECK_OK(reals({"step_w", "step_h"}));
        OCTAVO_CHECK_OK(lists({"width", "height"}));
    } else {
        flags({{"flip", false}, {"scale_all_sizes", true}, {"min_max_aspect_ratios_order", true}});
        OCTAVO_CHECK_OK(lists({"min_size", "max_size", "aspect_ratio", "density", "fixed_ratio", "fixed_size"}));
    }
    return attributes;
}

Result<void> read_prior_boxes(Importer& in) {
    const std::string& type = in.layer().type;
    OCTAVO_TRY(Attributes attributes, prior_attributes(in, type == "PriorBoxClustered"));
    in.finish(type.c_str(), {in.input(0), in.input(1)}, std::move(attributes));
    return {};
}

Result<Attributes> detection_attributes(const Importer& in) {
    if (in.input_count() != 3) return in.refusal(std::to_string(in.input_count()) + " inputs, expected 3");
    if (in.flag("decrease_label_id")) return in.refusal("decrease_label_id, which is not supported");
    Attributes attributes;
    for (const char* name : {"variance_encoded_in_target", "clip_before_nms", "clip_after_nms", "normalized"})
        attributes[name] = std::int64_t{in.flag(name)};
    attributes["share_location"] = std::int64_t{in.flag("share_location", true)};
    OCTAVO_TRY(attributes["keep_top_k"], in.list("keep_top_k"));
    for (const auto& [name, fallback] :
         {std::pair("background_label_id", 0), std::pair("top_k", -1), std::pair("input_width", 1), std::pair("input_height", 1)}) {
        OCTAVO_TRY(attributes[name], in.number(name, fallback));
    }
    for (const char* name : {"nms_threshold", "confidence_threshold"}) {
        OCTAVO_TRY(attributes[name], in.real(name, 0));
    }
    const std::string code = in.text("code_type", "caffe.PriorBoxParameter.CORNER");
    attributes["code_type"] = code.substr(code.rfind('.') + 1);
    return attributes;
}

Result<void> read_detection_output(Importer& in) {
    OCTAVO_TRY(Attributes attributes, detection_attributes(in));
    in.finish("DetectionOutput", {in.input(0), in.input(1), in.input(2)}, std::move(attributes));
    return {};
}

// Per anchor: x and y through a sigmoid, width and height as they are, the object's score through a sigmoid, classes through a softmax or
// a sigmoid.
Result<void> read_region(Importer& in) {
    const std::vector<std::int64_t>& dims = in.dims(0);
    OCTAVO_TRY(const std::int64_t coords, in.number("coords", 4));
    OCTAVO_TRY(const std::int64_t classes, in.number("classes", 0));
    OCTAVO_TRY(const Numbers mask, in.list("mask"));
    OCTAVO_TRY(const std::int64_t regions, in.number("num", 0));
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 1));
    const bool competes = in.flag("do_softmax", true);
    const std::int64_t anchors = competes ? regions : static_cast<std::int64_t>(mask.size());
    constexpr std::int64_t kMost = 1 << 16;
    if (coords < 2 || coords > kMost || classes < 1 || classes > kMost || anchors < 1 || anchors > kMost || dims.size() != 4 ||
        dims[1] != anchors * (coords + classes + 1) || dims[2] < 1 || dims[3] < 1 || (competes && axis != 1))
        return in.refusal(std::to_string(anchors) + " anchors of " + std::to_string(coords) + " coordinates and " +
                          std::to_string(classes) + " classes from axis " + std::to_string(axis) + " on do not fit its input");
    const TensorId split_shape = in.constant("anchors/shape", Numbers{0, anchors, coords + classes + 1, -1});
    const TensorId split = in.between("anchors", "Reshape", {in.input(0), split_shape});
    const auto part = [&](const char* what, std::int64_t from, std::int64_t to) {
        const TensorId starts = in.constant("start", Numbers{from}), ends = in.constant("end", Numbers{to});
        return in.between(what, "Slice", {split, starts, ends, in.constant("axis", Numbers{2})});
    };
    std::vector<TensorId> parts = {in.between("places", "Sigmoid", {part("place", 0, 2)})};
    if (coords > 2) parts.push_back(part("sizes", 2, coords));
    parts.push_back(in.between("objects", "Sigmoid", {part("object", coords, coords + 1)}));
    const TensorId scores = part("score", coords + 1, coords + 1 + classes);
    parts.push_back(competes ? in.between("scores", "Softmax", {scores}, {{"axis", std::int64_t{2}}, {"opset", std::int64_t{13}}})
                             : in.between("scores", "Sigmoid", {scores}));
    const TensorId all = in.between("all", "Concat", parts, {{"axis", std::int64_t{2}}});
    in.finish("Reshape", {all, in.constant("shape", competes ? Numbers{0, -1} : Numbers{0, dims[1], dims[2], dims[3]})});
    return {};
}

// A block of pixels becomes channels, of an image that is first read as a larger one of fewer channels.
Result<void> read_reorganization(Importer& in) {
    const std::vector<std::int64_t>& dims = in.dims(0);
    OCTAVO_TRY(const std::int64_t stride, in.number("stride", 1));
    constexpr std::int64_t kMost = 1 << 10, kMostWidth = 1 << 20;
    if (stride < 1 || stride > kMost || dims.size() != 4 || dims[1] % (stride * stride) != 0 || dims[2] % stride != 0 ||
        dims[3] % stride != 0 || dims[3] > kMostWidth)
        return in.refusal("stride " + std::to_string(stride) + " does not fit its input");
    const TensorId large = in.constant("large/shape", Numbers{0, dims[1] / (stride * stride), -1, dims[3] * stride});
    const TensorId image = in.between("large", "Reshape", {in.input(0), large});
    const TensorId blocks = in.between("blocks", "SpaceToDepth", {image}, {{"blocksize", stride}});
    in.finish("Reshape", {blocks, in.constant("shape", Numbers{0, -1, dims[2] / stride, dims[3] / stride})});
    return {};
}

}  // namespace octavo::openvino
