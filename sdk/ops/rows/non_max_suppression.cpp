// NonMaxSuppression: of overlapping boxes the best one, for each image and class. The output lists [image, class, box], best score first;
// how many there are is known when it has run: inference gives the most there can be, and `compute` sets the shape. Boxes are corners (any
// two opposite ones) or, with center_point_box, centre and size.
#include <algorithm>
#include <limits>

#include "ops/box.h"
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"center_point_box", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<std::int64_t> most_for_a_class(const NodeView& node) {
    if (!node.has_input(2)) return 0;
    OCTAVO_TRY(const Shape listed, constant_integers(node, 2, "max_output_boxes_per_class"));
    if (listed.size() != 1) return refusal(node, "max_output_boxes_per_class is not one number");
    return std::clamp<std::int64_t>(listed[0], 0, node.input(0).shape[1]);
}

Result<Types> infer_types(const NodeView& node) {
    const Shape boxes = node.input_shape(0);
    const Shape scores = node.input_shape(1);
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_F32));
    OCTAVO_CHECK_OK(expect_type(node, 1, OCTAVO_F32));
    if (boxes.size() != 3 || scores.size() != 3 || boxes[2] != 4 || boxes[0] != scores[0] || boxes[1] != scores[2])
        return refusal(node, "boxes " + shape_text(boxes) + " and scores " + shape_text(scores) +
                                 " do not fit, expected [images, boxes, 4] and [images, classes, boxes]");
    for (const std::size_t i : {std::size_t{3}, std::size_t{4}}) {
        if (!node.has_input(i)) continue;
        OCTAVO_CHECK_OK(expect_type(node, i, OCTAVO_F32));
        OCTAVO_CHECK_OK(expect_single(node, i));
    }
    OCTAVO_TRY(const std::int64_t most, most_for_a_class(node));
    return one_output(OCTAVO_S64, {scores[0] * scores[1] * most, 3});
}

Box box_of(const float* p, bool centred) {
    if (centred) return {p[0] - p[2] / 2, p[1] - p[3] / 2, p[0] + p[2] / 2, p[1] + p[3] / 2};
    return {std::min(p[1], p[3]), std::min(p[0], p[2]), std::max(p[1], p[3]), std::max(p[0], p[2])};
}

struct Limits {
    float overlap, score;
    std::size_t most;
};

std::vector<std::int64_t> select(const std::vector<Box>& boxes, const float* scores, const Limits& limits) {
    std::vector<std::int64_t> order;
    for (std::size_t i = 0; i < boxes.size(); ++i)
        if (scores[i] > limits.score) order.push_back(static_cast<std::int64_t>(i));
    std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) { return scores[a] > scores[b]; });
    std::vector<std::int64_t> chosen;
    for (const std::int64_t candidate : order) {
        if (chosen.size() == limits.most) break;
        const auto hides = [&](std::int64_t better) {
            return overlap(boxes[static_cast<std::size_t>(better)], boxes[static_cast<std::size_t>(candidate)]) > limits.overlap;
        };
        if (std::ranges::none_of(chosen, hides)) chosen.push_back(candidate);
    }
    return chosen;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const std::int64_t most, most_for_a_class(node));
    const auto number = [&](std::size_t i, float fallback) { return is_given(inputs, i) ? values<const float>(inputs[i])[0] : fallback; };
    const Limits limits = {number(3, 0), number(4, std::numeric_limits<float>::lowest()), static_cast<std::size_t>(most)};
    const bool centred = node.integer("center_point_box", 0) != 0;
    const std::int64_t images = inputs[1].shape[0], classes = inputs[1].shape[1], count = inputs[1].shape[2];
    const float* corners = static_cast<const float*>(inputs[0].data);
    const float* scores = static_cast<const float*>(inputs[1].data);
    std::int64_t* out = static_cast<std::int64_t*>(outputs[0].data);
    for (std::int64_t image = 0; image < images; ++image) {
        std::vector<Box> boxes;
        for (std::int64_t i = 0; i < count; ++i) boxes.push_back(box_of(corners + (image * count + i) * 4, centred));
        for (std::int64_t c = 0; c < classes; ++c, scores += count)
            for (const std::int64_t box : select(boxes, scores, limits))
                for (const std::int64_t value : {image, c, box}) *out++ = value;
    }
    outputs[0].shape[0] = (out - static_cast<std::int64_t*>(outputs[0].data)) / 3;
    return {};
}

}  // namespace

extern const Row non_max_suppression_row;
const Row non_max_suppression_row = {"NonMaxSuppression", 2, 5, Role::floating, kAttributes, infer_types, compute, inputs_at(2), true};

}  // namespace octavo::ops
