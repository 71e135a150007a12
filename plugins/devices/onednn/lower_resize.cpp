// Resize of pictures along height and width by the operator table's taps: a row of the result is the sum of its rows, weighted, then along
// the row, in the order and rounding of the table. To the nearest neighbour it is a move of pixels (lower_moves.cpp).
#include "as_it_lies.h"
#include "kernels/functions.h"

#include "ops/interpolation.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

class ResizeStep : public Step {
public:
    ResizeStep(int threads, std::size_t row_values) : row_values_((row_values + 15) / 16 * 16) {
        scratch_bytes = static_cast<std::size_t>(threads) * row_values_ * sizeof(float);
    }
    static bool takes(const std::vector<ops::Taps>& taps) {
        return std::ranges::all_of(taps, [](const ops::Taps& each) { return !each.empty() && each.size() <= kMost; });
    }

    std::int64_t images = 0, input_h = 0, input_w = 0, channels = 0;
    std::vector<ops::Taps> rows, columns;  // none: the axis stays as it is

    void bind(const Addresses& addresses, std::byte* scratch) override {
        scratch_ = reinterpret_cast<float*>(scratch);
        from_ = addresses.get<float>(reads[0]);
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override {
        const std::int64_t height = rows.empty() ? input_h : std::ssize(rows), width = columns.empty() ? input_w : std::ssize(columns);
        const std::int64_t pitch = input_w * channels;
        context.team.share(images * height, [&](std::int64_t row, int thread) {
            const float* const image = from_ + row / height * input_h * pitch;
            const float* source = image + row % height * pitch;
            float* const to = to_ + row * width * channels;
            if (!rows.empty()) {
                float* const made = columns.empty() ? to : scratch_ + static_cast<std::size_t>(thread) * row_values_;
                weigh(rows[static_cast<std::size_t>(row % height)], image, pitch, made, pitch);
                source = made;
            }
            for (std::size_t x = 0; x < columns.size(); ++x)
                weigh(columns[x], source, channels, to + static_cast<std::int64_t>(x) * channels, channels);
        });
    }
    std::size_t constant_bytes() const override { return (rows.size() + columns.size()) * 2 * sizeof(ops::Tap); }

private:
    static constexpr std::size_t kMost = 16;

    static void weigh(const ops::Taps& taps, const float* from, std::int64_t stride, float* to, std::int64_t count) {
        const float* terms[kMost];
        float weights[kMost];
        for (std::size_t k = 0; k < taps.size(); ++k) terms[k] = from + taps[k].index * stride, weights[k] = taps[k].weight;
        function_kernels().weigh(terms, weights, std::ssize(taps), to, count);
    }

    std::size_t row_values_;
    float* scratch_ = nullptr;
    const float* from_ = nullptr;
    float* to_ = nullptr;
};

}  // namespace

bool lower_resize(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const octavo_tensor_info& in = node.input(0);
    if (node.op() != "Resize" || in.type != OCTAVO_F32 || in.rank != 4 || in.data || node.activation().kind != ActivationKind::none)
        return false;
    const auto how = ops::resize_of(node);
    const ops::Shape shape = node.input_shape(0);
    if (!how || ops::changes_axis(*how, 0, shape[0]) || ops::changes_axis(*how, 1, shape[1])) return false;
    auto step = std::make_unique<ResizeStep>(builder.threads(), static_cast<std::size_t>(shape[3] * shape[1]));
    step->images = shape[0], step->channels = shape[1], step->input_h = shape[2], step->input_w = shape[3];
    if (ops::changes_axis(*how, 2, shape[2])) step->rows = ops::taps_along(*how, 2, shape[2]);
    if (ops::changes_axis(*how, 3, shape[3])) step->columns = ops::taps_along(*how, 3, shape[3]);
    if ((step->rows.empty() && step->columns.empty()) || !ResizeStep::takes(step->rows) || !ResizeStep::takes(step->columns)) return false;
    step->reads = {builder.read(node.input_id(0), Form::real)};
    add_as(builder, std::move(step), node, builder.precision(index), "values", false);
    return true;
}

}  // namespace octavo::onednn
