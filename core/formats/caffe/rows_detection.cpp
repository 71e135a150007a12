// Layers of SSD detectors.
#include "core/formats/caffe/rows.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace octavo::caffe {
namespace {

// Widths and heights of the boxes around a cell, in Caffe's order: for each least size its square, the square between it and the greatest
// size, and one box a ratio of width to height. Sizes may be fractions of pixels, as in OpenCV and OpenVINO.
struct Boxes {
    std::vector<float> widths, heights;

    void add(float width, float height) {
        widths.push_back(width);
        heights.push_back(height);
    }
};

Result<std::vector<float>> ratios_of(const Importer& in) {
    OCTAVO_TRY(const std::vector<float> listed, in.reals("aspect_ratio"));
    OCTAVO_TRY(const bool flip, in.flag("flip", true));
    std::vector<float> ratios = {1};
    for (const float ratio : listed) {
        if (!(ratio > 0)) return in.refusal("aspect_ratio is " + std::to_string(ratio));
        if (std::any_of(ratios.begin(), ratios.end(), [&](float known) { return std::abs(known - ratio) < 1e-6F; })) continue;
        ratios.push_back(ratio);
        if (flip) ratios.push_back(1 / ratio);
    }
    ratios.erase(ratios.begin());
    return ratios;
}

Result<Boxes> boxes_of(const Importer& in) {
    OCTAVO_TRY(const std::vector<float> least, in.reals("min_size"));
    OCTAVO_TRY(const std::vector<float> greatest, in.reals("max_size"));
    OCTAVO_TRY(const std::vector<float> ratios, ratios_of(in));
    if (least.empty() || (!greatest.empty() && greatest.size() != least.size()))
        return in.refusal(std::to_string(least.size()) + " min_size and " + std::to_string(greatest.size()) + " max_size");
    Boxes boxes;
    for (std::size_t i = 0; i < least.size(); ++i) {
        if (!(least[i] > 0)) return in.refusal("min_size is " + std::to_string(least[i]));
        boxes.add(least[i], least[i]);
        if (!greatest.empty()) {
            if (!(greatest[i] > least[i])) return in.refusal("max_size is " + std::to_string(greatest[i]));
            const float between = std::sqrt(least[i] * greatest[i]);
            boxes.add(between, between);
        }
        for (const float ratio : ratios) boxes.add(least[i] * std::sqrt(ratio), least[i] / std::sqrt(ratio));
    }
    return boxes;
}

}  // namespace

// Constant once constants are folded: sizes of grid and image are known.
Result<void> read_prior_box(Importer& in) {
    OCTAVO_CHECK_OK(in.expect_rank(4));
    if (in.shape(1).size() != 4) return in.refusal("its second bottom is no image");
    OCTAVO_TRY(Boxes boxes, boxes_of(in));
    OCTAVO_TRY(const std::int64_t size, in.integer("img_size", 0));
    OCTAVO_TRY(const std::int64_t height, in.integer("img_h", size != 0 ? size : in.shape(1)[2]));
    OCTAVO_TRY(const std::int64_t width, in.integer("img_w", size != 0 ? size : in.shape(1)[3]));
    OCTAVO_TRY(const bool clip, in.flag("clip", false));
    Attributes attributes = {{"clip", std::int64_t{clip}}, {"width", std::move(boxes.widths)}, {"height", std::move(boxes.heights)}};
    OCTAVO_TRY(std::vector<float> variances, in.reals("variance"));
    if (variances.empty()) variances = {0.1F};
    attributes["variance"] = std::move(variances);
    OCTAVO_TRY(attributes["offset"], in.real("offset", 0.5F));
    for (const char* key : {"step", "step_h", "step_w"}) {
        OCTAVO_TRY(attributes[key], in.real(key, 0));
    }
    const std::vector<std::int64_t> grid = {in.shape(0)[2], in.shape(0)[3]}, image = {height, width}, first = {0};
    OCTAVO_TRY(const TensorId priors,
               in.between("PriorBoxClustered", {in.constant("grid", grid), in.constant("image", image)}, std::move(attributes)));
    return in.finish("Unsqueeze", {priors, in.constant("axes", first)});
}

Result<void> read_detection_output(Importer& in) {
    Attributes attributes = {{"normalized", std::int64_t{1}}};
    OCTAVO_TRY(const Field* const suppression, single(in.parameters(), "nms_param"));
    OCTAVO_TRY(const float eta, suppression ? real(*suppression, "eta", 1) : 1.0F);
    if (eta != 1) return in.refusal("eta is " + std::to_string(eta) + ", expected 1");
    OCTAVO_TRY(attributes["nms_threshold"], suppression ? real(*suppression, "nms_threshold", 0.3F) : 0.3F);
    OCTAVO_TRY(attributes["top_k"], suppression ? integer(*suppression, "top_k", -1) : std::int64_t{-1});
    OCTAVO_TRY(attributes["background_label_id"], in.integer("background_label_id", 0));
    OCTAVO_TRY(attributes["confidence_threshold"], in.real("confidence_threshold", std::numeric_limits<float>::lowest()));
    OCTAVO_TRY(const std::int64_t kept, in.integer("keep_top_k", -1));
    attributes["keep_top_k"] = std::vector{kept};
    OCTAVO_TRY(const bool shares, in.flag("share_location", true));
    OCTAVO_TRY(const bool encoded, in.flag("variance_encoded_in_target", false));
    attributes["share_location"] = std::int64_t{shares};
    attributes["variance_encoded_in_target"] = std::int64_t{encoded};
    OCTAVO_TRY(const std::size_t code, in.choice("code_type", {"CORNER", "CENTER_SIZE", "CORNER_SIZE"}, 1));
    if (code == 2) return in.refusal("code_type is CORNER_SIZE, expected CORNER or CENTER_SIZE");
    attributes["code_type"] = std::string(code == 0 ? "CORNER" : "CENTER_SIZE");
    OCTAVO_TRY(const std::int64_t classes, in.integer("num_classes", 0));
    const Shape &scores = in.shape(1), &priors = in.shape(2);
    if (scores.size() != 2 || priors.size() != 3 || classes < 1 || scores[1] % classes != 0 || scores[1] / classes != priors[2] / 4)
        return in.refusal("num_classes is " + std::to_string(classes) + ", which does not fit its bottoms");
    return in.finish("DetectionOutput", in.inputs(), std::move(attributes));
}

}  // namespace octavo::caffe
