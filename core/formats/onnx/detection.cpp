// Decode, suppress, keep the best. Priors are constant, so what decoding needs of them is computed here. Rows that are only there to fill
// up have scores below all others, each less than the one before: the best `most` of both are chosen by one TopK of constant size.
#include "core/formats/onnx/detection.h"

#include <algorithm>
#include <array>
#include <limits>

namespace octavo::onnx {
namespace {

using Numbers = std::vector<std::int64_t>;
using Reals = std::vector<float>;

constexpr float kFill = -1e30F;

class Writer {
public:
    Writer(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs)
        : model_(model), graph_(graph), node_(node), inputs_(inputs), priors_(read_priors()) {
        const auto classes = graph[node.inputs[1]].shape[1] / count_;
        for (std::int64_t label = 0; label < classes; ++label)
            if (label != integer("background_label_id", 0)) labels_.push_back(label);
    }

    void run(const std::string& output) {
        const std::string boxes = decoded(), scores = by_class();
        const std::string limit = model_.integers(part("top"), {top()});
        const std::string overlap = reals("overlap", {1}, {real("nms_threshold")}),
                          least = reals("least", {1}, {real("confidence_threshold")});
        const std::string chosen = step("NonMaxSuppression", "chosen", {boxes, limited(scores), limit, overlap, least});
        const std::string found = step("GatherND", "found", {scores, chosen});
        const std::string filled = step("Concat", "filled", {rows(boxes, chosen, found), fill_rows()}, {{"axis", std::int64_t{0}}});
        const std::string kept = step("Gather", "kept", {filled, best(found)}, {{"axis", std::int64_t{0}}});
        step_to(output, "Reshape", "rows", {kept, model_.integers(part("shape"), {1, 1, most(), 7})});
    }

private:
    struct Priors {
        Reals corners, middles, sizes, variances;
    };

    std::int64_t integer(const char* name, std::int64_t fallback) const { return attribute_or(node_, name, fallback); }
    float real(const char* name) const { return attribute_or(node_, name, 0.0F); }
    std::string part(const char* what) const { return node_.name + "/" + what; }
    std::string reals(const char* what, const Shape& shape, Reals values) {
        return model_.constant<float>(part(what), OCTAVO_F32, shape, std::move(values));
    }
    void step_to(const std::string& result, const char* op, const char* what, const Names& inputs, const Attributes& attributes = {}) {
        model_.add_node(part(what), op, inputs, {result}, attributes);
    }
    std::string step(const char* op, const char* what, const Names& inputs, const Attributes& attributes = {}) {
        std::string result = model_.unique(part(what));
        step_to(result, op, what, inputs, attributes);
        return result;
    }
    std::string slice(const std::string& x, const char* what, std::int64_t axis, std::int64_t from, std::int64_t to) {
        const auto list = [&](std::int64_t value) { return model_.integers(part(what), {value}); };
        return step("Slice", what, {x, list(from), list(to), list(axis)});
    }

    std::int64_t most() const { return graph_[node_.outputs[0]].shape[2]; }
    std::int64_t top() const {
        const std::int64_t given = integer("top_k", -1);
        return given > -1 ? std::min(given, count_) : count_;
    }

    Priors read_priors() {
        const Tensor& tensor = graph_[node_.inputs[2]];
        const std::span<const float> values = tensor.data.as<float>();
        const bool in_pixels = integer("normalized", 0) == 0;
        const std::size_t width = in_pixels ? 5 : 4;
        const std::array<float, 2> image = {in_pixels ? static_cast<float>(integer("input_width", 1)) : 1,
                                            in_pixels ? static_cast<float>(integer("input_height", 1)) : 1};
        count_ = tensor.shape[2] / static_cast<std::int64_t>(width);
        Priors priors;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count_); ++i) {
            const std::span<const float> own = values.subspan(i * width + (in_pixels ? 1 : 0), 4);
            for (std::size_t side = 0; side < 4; ++side) priors.corners.push_back(own[side] / image[side % 2]);
            for (std::size_t axis = 0; axis < 2; ++axis) {
                const float low = own[axis] / image[axis], high = own[axis + 2] / image[axis];
                priors.middles.push_back((low + high) / 2);
                priors.sizes.push_back(high - low);
            }
            const std::size_t behind = static_cast<std::size_t>(tensor.shape[2]) + i * 4;
            for (std::size_t side = 0; side < 4; ++side)
                priors.variances.push_back(integer("variance_encoded_in_target", 0) != 0 ? 1 : values[behind + side]);
        }
        return priors;
    }

    // [1, priors, 4]: left, top, right, bottom.
    std::string decoded() {
        const std::string codes = step("Reshape", "codes", {inputs_[0], model_.integers(part("codes/shape"), {1, count_, 4})});
        const std::string moves = step("Mul", "moves", {codes, reals("variances", {1, count_, 4}, priors_.variances)});
        std::string boxes;
        if (attribute_or(node_, "code_type", std::string("CORNER")) == "CORNER") {
            boxes = step("Add", "boxes", {moves, reals("priors", {1, count_, 4}, priors_.corners)});
        } else {
            const std::string sizes = reals("priors/size", {1, count_, 2}, priors_.sizes);
            const std::string moved = step("Mul", "moved", {slice(moves, "move", 2, 0, 2), sizes});
            const std::string middles = step("Add", "middles", {moved, reals("priors/middle", {1, count_, 2}, priors_.middles)});
            const std::string wide = step("Mul", "wide", {step("Exp", "growth", {slice(moves, "grow", 2, 2, 4)}), sizes});
            const std::string halves = step("Mul", "halves", {wide, model_.scalar(part("half"), 0.5F)});
            boxes = step("Concat", "boxes", {step("Sub", "low", {middles, halves}), step("Add", "high", {middles, halves})},
                         {{"axis", std::int64_t{2}}});
        }
        return integer("clip_before_nms", 0) != 0 ? clipped(boxes, "inside") : boxes;
    }

    std::string clipped(const std::string& boxes, const char* what) {
        return step("Clip", what, {boxes, model_.scalar(part("zero"), 0), model_.scalar(part("one"), 1)});
    }

    // [1, classes, priors], without the background.
    std::string by_class() {
        const Numbers shape = {1, count_, graph_[node_.inputs[1]].shape[1] / count_};
        const std::string scores = step("Reshape", "scores", {inputs_[1], model_.integers(part("scores/shape"), shape)});
        const std::string turned = step("Transpose", "turned", {scores}, {{"perm", Numbers{0, 2, 1}}});
        return step("Gather", "classes", {turned, model_.integers(part("labels"), labels_)}, {{"axis", std::int64_t{1}}});
    }

    // All but the best top_k of each class are out before any is suppressed.
    std::string limited(const std::string& scores) {
        if (top() == count_ || top() < 1) return scores;
        const std::string best = model_.unique(part("best")), places = model_.unique(part("best/places"));
        model_.add_node(part("best"), "TopK", {scores, model_.integers(part("top"), {top()})}, {best, places}, {{"axis", std::int64_t{2}}});
        const std::string reaches = step("GreaterOrEqual", "reaches", {scores, slice(best, "last", 2, top() - 1, top())});
        return step("Where", "limited", {reaches, scores, model_.scalar(part("out"), std::numeric_limits<float>::lowest())});
    }

    // [found, 7]
    std::string rows(const std::string& boxes, const std::string& chosen, const std::string& found) {
        const auto column = [&](const char* what, std::int64_t i) { return slice(chosen, what, 1, i, i + 1); };
        const std::string image = column("image", 0), label = column("class", 1);
        const std::string place = step("Concat", "place", {image, column("box", 2)}, {{"axis", std::int64_t{1}}});
        std::string box = step("GatherND", "found/box", {boxes, place});
        if (integer("clip_after_nms", 0) != 0) box = clipped(box, "found/inside");
        const Reals names(labels_.begin(), labels_.end());
        const std::string told = step("Gather", "told", {reals("names", {static_cast<std::int64_t>(names.size())}, names), label});
        const std::string score = step("Unsqueeze", "found/column", {found, model_.integers(part("column"), {1})});
        const std::string number = step("Cast", "number", {image}, {{"to", std::int64_t{1}}});
        return step("Concat", "found/rows", {number, told, score, box}, {{"axis", std::int64_t{1}}});
    }

    std::string fill_rows() {
        Reals rows(static_cast<std::size_t>(most() * 7), 0);
        rows[0] = -1;
        return reals("fill", {most(), 7}, std::move(rows));
    }

    // Places of the `most` best among what was found and the filling, in their order.
    std::string best(const std::string& found) {
        Reals scores;
        for (std::int64_t i = 0; i < most(); ++i) scores.push_back(kFill * static_cast<float>(1 + i));
        const std::string all =
            step("Concat", "found/all", {found, reals("fill/scores", {most()}, std::move(scores))}, {{"axis", std::int64_t{0}}});
        const std::string count = model_.integers(part("most"), {most()});
        const std::string value = model_.unique(part("found/best")), place = model_.unique(part("found/places"));
        model_.add_node(part("found/best"), "TopK", {all, count}, {value, place}, {{"axis", std::int64_t{0}}});
        const std::string sorted = model_.unique(part("order")), unused = model_.unique(part("order/places"));
        model_.add_node(part("order"), "TopK", {place, count}, {sorted, unused}, {{"axis", std::int64_t{0}}, {"largest", std::int64_t{0}}});
        return sorted;
    }

    ModelBuilder& model_;
    const Graph& graph_;
    const Node& node_;
    const Names& inputs_;
    std::int64_t count_ = 0;  // of priors
    const Priors priors_;
    Numbers labels_;  // without the background
};

}  // namespace

Result<void> check_detection_output(const Graph& graph, const Node& node) {
    const auto refusal = [&](const char* why) {
        return Error(Code::model,
                     node.op + " '" + node.name + "': " + why + ", which ONNX cannot say; write an OpenVINO IR (.xml) instead");
    };
    if (!graph[node.inputs[2]].is_constant()) return refusal("its priors are computed");
    if (attribute_or(node, "share_location", std::int64_t{1}) == 0) return refusal("it has boxes of their own for each class");
    if (graph[node.inputs[0]].shape[0] != 1) return refusal("it has several images");
    return {};
}

void write_detection_output(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs, const Names& outputs) {
    Writer(model, graph, node, inputs).run(outputs[0]);
}

}  // namespace octavo::onnx
