// Images stay apart where every tensor that depends on an input holds them one behind the other along one dimension: from one image to many
// that dimension grows as the batch does, and nothing else. That dimension is the first, but for operators that only move it about. What a
// reduction, slice or reshape does across images shows in shapes; a table has the operators of which it does not.
#include "core/passes/images_apart.h"

#include "core/passes/evaluate.h"
#include "core/passes/rewrite.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <array>

namespace octavo {
namespace {

using Ints = std::vector<std::int64_t>;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 5> kReadShapes = {"EyeLike", "PriorBox", "PriorBoxClustered", "Shape", "Size"};
constexpr std::array<std::string_view, 5> kMove = {"Gather", "Split", "Squeeze", "Transpose", "Unsqueeze"};
// The same values in the same order, with more or fewer rows an image.
constexpr std::array<std::string_view, 2> kRegroup = {"Flatten", "Reshape"};

bool is_one_of(Names names, const Node& node) {
    return std::find(names.begin(), names.end(), node.op) != names.end();
}

class Watch {
public:
    Watch(const Graph& one, const Graph& many) : one_(one), many_(many), depends_(one.tensors.size()) {
        for (const TensorId id : one.inputs) depends_[index(id)] = true;
    }

    bool run() {
        for (const Node& node : one_.nodes) {
            if (is_one_of(kReadShapes, node) || !depends(node)) continue;
            if (!keeps_apart(node)) return false;
            for (const TensorId id : node.outputs)
                if (id != TensorId::none) depends_[index(id)] = true;
        }
        return std::all_of(one_.outputs.begin(), one_.outputs.end(),
                           [this](TensorId id) { return batch_axis(id) == 0U && one_[id].shape[0] == 1; });
    }

private:
    bool depends(const Node& node, std::size_t input) const {
        const TensorId id = input_or_none(node, input);
        return id != TensorId::none && depends_[index(id)];
    }
    bool depends(const Node& node) const {
        return std::any_of(node.inputs.begin(), node.inputs.end(),
                           [&](TensorId id) { return id != TensorId::none && depends_[index(id)]; });
    }

    // The only dimension that differs between one image and many, if it grows as the batch does.
    std::optional<std::size_t> batch_axis(TensorId id) const {
        const Shape &one = one_[id].shape, &many = many_[id].shape;
        std::optional<std::size_t> axis;
        if (one.size() != many.size()) return axis;
        for (std::size_t i = 0; i < one.size(); ++i) {
            if (one[i] == many[i]) continue;
            if (axis || many[i] != kTellingBatch * one[i]) return std::nullopt;
            axis = i;
        }
        return axis;
    }

    bool keeps_apart(const Node& node) const {
        const bool moves = is_one_of(kMove, node), regroups = is_one_of(kRegroup, node);
        std::int64_t rows = 0;
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            if (!depends(node, i)) continue;
            const std::optional<std::size_t> axis = batch_axis(node.inputs[i]);
            if (!axis || (*axis != 0 && !moves)) return false;
            rows = std::max(rows, one_[node.inputs[i]].shape[*axis]);
        }
        for (const TensorId id : node.outputs) {
            if (id == TensorId::none) continue;
            const std::optional<std::size_t> axis = batch_axis(id);
            if (!axis || (*axis != 0 && !moves) || (one_[id].shape[*axis] != rows && !regroups)) return false;
        }
        return !mixes(node);
    }

    // What works across dimension 0, or says where images stand in it, and leaves its size as it is.
    bool mixes(const Node& node) const {
        struct Row {
            std::string_view op;
            bool (Watch::*mixes)(const Node& node) const;
        };
        constexpr std::array<Row, 15> kRows = {{{"CumSum", &Watch::adds_up_images},
                                                {"Gather", &Watch::picks_what_it_computes},
                                                {"GatherElements", &Watch::picks_along_images},
                                                {"GatherND", &Watch::picks_images},
                                                {"Hardmax", &Watch::is_along_images},
                                                {"LayerNormalization", &Watch::is_along_images},
                                                {"LogSoftmax", &Watch::is_along_images},
                                                {"LpNormalization", &Watch::is_along_images},
                                                {"MaxPool", &Watch::says_places},
                                                {"MeanVarianceNormalization", &Watch::takes_images_together},
                                                {"ScatterElements", &Watch::picks_along_images},
                                                {"ScatterND", &Watch::always},
                                                {"Slice", &Watch::turns_back},
                                                {"Softmax", &Watch::is_along_images},
                                                {"Trilu", &Watch::has_images_as_rows}}};
        const auto row = std::find_if(kRows.begin(), kRows.end(), [&node](const Row& known) { return node.op == known.op; });
        return ops::find(node.op)->bounded || (row != kRows.end() && (this->*row->mixes)(node));
    }

    bool picks_what_it_computes(const Node& node) const { return depends(node, 0) && depends(node, 1); }
    bool picks_images(const Node& node) const { return depends(node, 0); }
    bool picks_along_images(const Node& node) const { return is_first(node, attribute_or(node, "axis", std::int64_t{0})); }
    bool always(const Node&) const { return true; }
    bool has_images_as_rows(const Node& node) const { return one_[node.inputs[0]].shape.size() == 2; }
    bool adds_up_images(const Node& node) const {
        const std::optional<Ints> axis = integer_constant(one_, node.inputs[1]);
        return !axis || is_first(node, axis->at(0));
    }
    bool takes_images_together(const Node& node) const {
        const Ints axes = attribute_or(node, "axes", Ints{0, 2, 3});
        return std::any_of(axes.begin(), axes.end(), [&](std::int64_t axis) { return is_first(node, axis); });
    }
    bool says_places(const Node& node) const { return node.outputs.size() > 1; }  // counted from the first image on
    bool is_first(const Node& node, std::int64_t axis) const {
        return axis == 0 || axis == -static_cast<std::int64_t>(one_[node.inputs[0]].shape.size());
    }
    bool is_along_images(const Node& node) const {
        const bool is_old = attribute_or(node, "opset", std::int64_t{13}) < 13;  // of a softmax
        return is_first(node, attribute_or(node, "axis", std::int64_t{is_old ? 1 : -1}));
    }
    bool turns_back(const Node& node) const {
        const std::optional<Ints> steps = integer_constant(one_, input_or_none(node, 4));
        const std::optional<Ints> axes = integer_constant(one_, input_or_none(node, 3));
        for (std::size_t i = 0; steps && i < steps->size(); ++i)
            if ((*steps)[i] < 0 && is_first(node, axes ? axes->at(i) : static_cast<std::int64_t>(i))) return true;
        return false;
    }

    const Graph &one_, &many_;
    std::vector<bool> depends_;  // [tensor] on what the inputs hold, not only on how large they are
};

}  // namespace

bool keeps_images_apart(const Graph& graph) {
    const Result<Graph> one = with_batch(graph, 1), many = with_batch(graph, kTellingBatch);
    return one && with_batch(graph, 2) && many && Watch(*one, *many).run();
}

}  // namespace octavo
