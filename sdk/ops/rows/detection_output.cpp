// DetectionOutput (OpenVINO): the boxes of an SSD from offsets, scores and priors: decoded, suppressed class by class, the best kept.
// Output: [1][1][images * most][7] rows of image, class, score, left, top, right, bottom, class by class; a row of image -1 ends them,
// zeros fill up.
#include <algorithm>
#include <cmath>

#include "ops/box.h"
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"background_label_id", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"clip_after_nms", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"clip_before_nms", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"code_type", OCTAVO_ATTRIBUTE_STRING, "CORNER"},
                                        {"confidence_threshold", OCTAVO_ATTRIBUTE_FLOAT, "0"},
                                        {"input_height", OCTAVO_ATTRIBUTE_INT, "1"},
                                        {"input_width", OCTAVO_ATTRIBUTE_INT, "1"},
                                        {"keep_top_k", OCTAVO_ATTRIBUTE_INTS, "required"},
                                        {"nms_threshold", OCTAVO_ATTRIBUTE_FLOAT, "0"},
                                        {"normalized", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"share_location", OCTAVO_ATTRIBUTE_INT, "1"},
                                        {"top_k", OCTAVO_ATTRIBUTE_INT, "all"},
                                        {"variance_encoded_in_target", OCTAVO_ATTRIBUTE_INT, "0"}};

constexpr std::int64_t kRow = 7;

// How many of everything there are.
struct Sizes {
    std::int64_t images, priors, classes, locations, most;
    std::int64_t prior_width;  // numbers a prior: 4, or 5 where priors are in pixels behind a number of no use
};

Result<Sizes> sizes_of(const NodeView& node) {
    for (std::size_t i = 0; i < 3; ++i) OCTAVO_CHECK_OK(expect_type(node, i, OCTAVO_F32));
    const Shape boxes = node.input_shape(0), scores = node.input_shape(1), priors = node.input_shape(2);
    const std::int64_t prior_width = node.integer("normalized", 0) != 0 ? 4 : 5;
    const bool encoded = node.integer("variance_encoded_in_target", 0) != 0;
    if (boxes.size() != 2 || scores.size() != 2 || priors.size() != 3 || boxes[0] != scores[0] || priors[1] < (encoded ? 1 : 2) ||
        (priors[0] != 1 && priors[0] != boxes[0]) || priors[2] < prior_width || priors[2] % prior_width != 0)
        return refusal(
            node, "boxes " + shape_text(boxes) + ", scores " + shape_text(scores) + " and priors " + shape_text(priors) + " do not fit");
    Sizes sizes{boxes[0], priors[2] / prior_width, 0, 1, 0, prior_width};
    sizes.classes = scores[1] / sizes.priors;
    if (node.integer("share_location", 1) == 0) sizes.locations = sizes.classes;
    if (sizes.classes < 1 || scores[1] % sizes.priors != 0 || boxes[1] / sizes.locations / 4 != sizes.priors ||
        boxes[1] % (4 * sizes.locations) != 0)
        return refusal(node, "boxes " + shape_text(boxes) + " and scores " + shape_text(scores) + " do not fit " +
                                 std::to_string(sizes.priors) + " priors");
    const Shape keep = node.integers("keep_top_k", {});
    const std::int64_t top = node.integer("top_k", -1);
    sizes.most = !keep.empty() && keep[0] > 0 ? keep[0] : std::min(top > 0 ? top : sizes.priors, sizes.priors) * sizes.classes;
    if (sizes.most > sizes.priors * sizes.classes * 16) return refusal(node, "keep_top_k is " + shape_text(keep));
    const std::string_view code = node.text("code_type", "CORNER");
    if (code != "CORNER" && code != "CENTER_SIZE")
        return refusal(node, "code_type '" + std::string(code) + "', expected CORNER or CENTER_SIZE");
    return sizes;
}

Box clipped(const Box& box) {
    const auto unit = [](float x) { return std::clamp(x, 0.0F, 1.0F); };
    return {unit(box.left), unit(box.top), unit(box.right), unit(box.bottom)};
}

Box decoded(const Box& prior, const float* code, const float* v, bool centred) {
    if (!centred)
        return {prior.left + v[0] * code[0], prior.top + v[1] * code[1], prior.right + v[2] * code[2], prior.bottom + v[3] * code[3]};
    const float width = prior.right - prior.left, height = prior.bottom - prior.top;
    const float x = v[0] * code[0] * width + (prior.left + prior.right) / 2, y = v[1] * code[1] * height + (prior.top + prior.bottom) / 2;
    const float w = std::exp(v[2] * code[2]) * width / 2, h = std::exp(v[3] * code[3]) * height / 2;
    return {x - w, y - h, x + w, y + h};
}

// The boxes of one image for one set of locations.
std::vector<Box> boxes_of(const NodeView& node, const Sizes& sizes, const float* codes, const float* priors) {
    const bool centred = node.text("code_type", "CORNER") == "CENTER_SIZE";
    const bool encoded = node.integer("variance_encoded_in_target", 0) != 0, clips = node.integer("clip_before_nms", 0) != 0;
    const bool in_pixels = sizes.prior_width == 5;
    const float width = in_pixels ? static_cast<float>(node.integer("input_width", 1)) : 1,
                height = in_pixels ? static_cast<float>(node.integer("input_height", 1)) : 1;
    constexpr float kOnes[] = {1, 1, 1, 1};
    const float* variances = priors + sizes.priors * sizes.prior_width;
    std::vector<Box> boxes;
    for (std::int64_t i = 0; i < sizes.priors; ++i) {
        const float* p = priors + i * sizes.prior_width + (in_pixels ? 1 : 0);
        const Box prior{p[0] / width, p[1] / height, p[2] / width, p[3] / height};
        const Box box = decoded(prior, codes + i * sizes.locations * 4, encoded ? kOnes : variances + i * 4, centred);
        boxes.push_back(clips ? clipped(box) : box);
    }
    return boxes;
}

struct Detection {
    std::int64_t label;
    float score;
    Box box;
};

// Of one class: scores[i * stride] belongs to boxes[i].
void select(const NodeView& node, const std::vector<Box>& boxes, const float* scores, std::int64_t label, std::int64_t stride,
            std::vector<Detection>& found) {
    const float least = node.real("confidence_threshold", 0), most_overlap = node.real("nms_threshold", 0);
    const std::int64_t top = node.integer("top_k", -1);
    std::vector<std::size_t> order;
    const auto score = [&](std::size_t i) { return scores[static_cast<std::int64_t>(i) * stride]; };
    for (std::size_t i = 0; i < boxes.size(); ++i)
        if (score(i) > least) order.push_back(i);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
    if (top > -1 && static_cast<std::size_t>(top) < order.size()) order.resize(static_cast<std::size_t>(top));
    const std::size_t first = found.size();
    for (const std::size_t i : order) {
        const auto hides = [&](const Detection& better) { return overlap(better.box, boxes[i]) > most_overlap; };
        if (std::none_of(found.begin() + static_cast<std::ptrdiff_t>(first), found.end(), hides))
            found.push_back({label, score(i), boxes[i]});
    }
}

std::vector<Detection> detect(const NodeView& node, const Sizes& sizes, const float* codes, const float* scores, const float* priors) {
    std::vector<Detection> found;
    std::vector<Box> boxes;
    for (std::int64_t label = 0; label < sizes.classes; ++label) {
        if (label == node.integer("background_label_id", 0)) continue;
        if (boxes.empty() || sizes.locations > 1) boxes = boxes_of(node, sizes, codes + (sizes.locations > 1 ? label * 4 : 0), priors);
        select(node, boxes, scores + label, label, sizes.classes, found);
    }
    if (static_cast<std::int64_t>(found.size()) <= sizes.most) return found;
    std::ranges::stable_sort(found, [](const Detection& a, const Detection& b) { return a.score > b.score; });
    found.resize(static_cast<std::size_t>(sizes.most));
    std::ranges::stable_sort(found, [](const Detection& a, const Detection& b) { return a.label < b.label; });
    return found;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(const Sizes sizes, sizes_of(node));
    return one_output(OCTAVO_F32, {1, 1, sizes.images * sizes.most, kRow});
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Sizes sizes, sizes_of(node));
    float* out = static_cast<float*>(outputs[0].data);
    float* const end = out + count_of(outputs[0]);
    std::fill(out, end, 0.0F);
    const bool clips = node.integer("clip_after_nms", 0) != 0;
    const float* priors = static_cast<const float*>(inputs[2].data);
    for (std::int64_t image = 0; image < sizes.images; ++image) {
        const float* own = inputs[2].shape[0] > 1 ? priors + image * inputs[2].shape[1] * inputs[2].shape[2] : priors;
        const float* codes = static_cast<const float*>(inputs[0].data) + image * inputs[0].shape[1];
        const float* scores = static_cast<const float*>(inputs[1].data) + image * inputs[1].shape[1];
        for (const Detection& found : detect(node, sizes, codes, scores, own)) {
            const Box box = clips ? clipped(found.box) : found.box;
            for (const float value :
                 {static_cast<float>(image), static_cast<float>(found.label), found.score, box.left, box.top, box.right, box.bottom})
                *out++ = value;
        }
    }
    if (out < end) *out = -1;
    return {};
}

}  // namespace

extern const Row detection_output_row;
const Row detection_output_row = {"DetectionOutput", 3, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
