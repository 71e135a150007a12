// Operators that move pixels: a Slice, a Resize to the nearest neighbour. Each pixel of the output is a run of channels of one pixel of the
// input, in codes where both have one grid. Which one is asked of the operator table: it runs on numbers that are their own row, column or
// channel, so that whatever it makes of modes and rounding is done here too.
#include "steps.h"

#include "ops/support.h"

#include <octavo/tensor.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <numeric>

namespace octavo::onednn {
namespace {

// [axis of NCHW][index in the output] -> index in the input
using Moves = std::array<std::vector<std::int64_t>, 4>;

class MoveStep : public Step {
public:
    Moves moves;
    std::int64_t input_h = 0, input_w = 0, input_c = 0, value_bytes = 0;

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<std::byte>(reads[0]);
        to_ = addresses.get<std::byte>(writes[0]);
        pixel_bytes_ = static_cast<std::int64_t>(moves[1].size()) * value_bytes;
        offset_ = moves[1][0] * value_bytes;
        const std::vector<std::int64_t>& columns = moves[3];
        is_row_ = pixel_bytes_ == input_c * value_bytes && columns.back() - columns[0] + 1 == std::ssize(columns) &&
                  std::is_sorted(columns.begin(), columns.end());
    }
    void run(const RunContext& context) override {
        const std::int64_t height = std::ssize(moves[2]);
        context.team.share(std::ssize(moves[0]) * height, [&](std::int64_t row, int) {
            const std::int64_t image = moves[0][static_cast<std::size_t>(row / height)];
            const std::int64_t y = moves[2][static_cast<std::size_t>(row % height)];
            copy_row(from_ + (image * input_h + y) * input_w * input_c * value_bytes, to_ + row * std::ssize(moves[3]) * pixel_bytes_);
        });
    }
    std::size_t constant_bytes() const override {
        return (moves[0].size() + moves[1].size() + moves[2].size() + moves[3].size()) * sizeof(std::int64_t);
    }

private:
    void copy_row(const std::byte* from, std::byte* to) const {
        const std::int64_t pitch = input_c * value_bytes;
        if (is_row_) {
            std::memcpy(to, from + moves[3][0] * pitch, moves[3].size() * static_cast<std::size_t>(pixel_bytes_));
            return;
        }
        with_size(pixel_bytes_, [&](auto size) {
            for (const std::int64_t x : moves[3]) {
                std::memcpy(to, from + x * pitch + offset_, size);
                to += size;
            }
        });
    }

    const std::byte* from_ = nullptr;
    std::byte* to_ = nullptr;
    std::int64_t pixel_bytes_ = 0, offset_ = 0;
    bool is_row_ = false;
};

bool moves_pixels(const ops::NodeView& node) {
    // tf_crop_and_resize has values of its own outside of the picture.
    const bool is_nearest = node.op() == "Resize" && node.text("mode", "nearest") == "nearest" &&
                            node.text("coordinate_transformation_mode", "") != "tf_crop_and_resize";
    if ((node.op() != "Slice" && !is_nearest) || node.input(0).rank != 4 || node.input(0).type != OCTAVO_F32 || node.input(0).data)
        return false;
    for (std::size_t i = 1; i < node.input_count(); ++i)
        if (node.has_input(i) && !node.input(i).data) return false;
    return layout_of(node.output(0)).count() > 0 && node.activation().kind == ActivationKind::none;
}

// What the operator makes of an input whose values are their index along the axis; nothing where an output mixes or crosses axes.
Result<std::vector<std::int64_t>> moves_along(const Builder& builder, const ops::NodeView& node, std::size_t axis) {
    const auto shape_of = [](const octavo_tensor_info& info) { return ops::Shape(info.shape, info.shape + info.rank); };
    const ops::Shape in = shape_of(node.input(0)), out = shape_of(node.output(0));
    const auto inner = [&](const ops::Shape& shape) {
        return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end(), std::int64_t{1}, std::multiplies<>());
    };
    std::vector<float> ramp(static_cast<std::size_t>(ops::element_count(in))), found(static_cast<std::size_t>(ops::element_count(out)));
    for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<float>(static_cast<std::int64_t>(i) / inner(in) % in[axis]);
    std::vector<octavo_tensor> inputs = {dense_tensor(OCTAVO_F32, in, ramp.data())};
    for (std::size_t i = 1; i < node.input_count(); ++i) {
        inputs.emplace_back();
        if (node.has_input(i)) inputs[i] = dense_tensor(node.input(i).type, shape_of(node.input(i)), builder.constant(node.input_id(i)));
    }
    std::vector<octavo_tensor> outputs = {dense_tensor(OCTAVO_F32, out, found.data())};
    OCTAVO_CHECK_OK(ops::find(node.op())->compute(node, inputs, outputs));
    std::vector<std::int64_t> moves(static_cast<std::size_t>(out[axis]));
    for (std::size_t i = 0; i < moves.size(); ++i) moves[i] = static_cast<std::int64_t>(found[i * static_cast<std::size_t>(inner(out))]);
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i] != static_cast<float>(moves[static_cast<std::size_t>(static_cast<std::int64_t>(i) / inner(out) % out[axis])]))
            return ops::refusal(node, "moves no whole pixels");
    return moves;
}

}  // namespace

bool lower_moves(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (!moves_pixels(node) || builder.lies_in_rows(node.input_id(0))) return false;
    auto step = std::make_unique<MoveStep>();
    for (std::size_t axis = 0; axis < 4; ++axis) {
        Result<std::vector<std::int64_t>> moves = moves_along(builder, node, axis);
        if (!moves) return false;
        step->moves[axis] = std::move(*moves);
    }
    for (std::size_t c = 1; c < step->moves[1].size(); ++c)
        if (step->moves[1][c] != step->moves[1][c - 1] + 1) return false;
    const std::int32_t in = node.input_id(0), out = node.output_id(0);
    const bool codes = builder.precision(index) == OCTAVO_INT8 && builder.equal_codes(in, out);
    step->input_h = node.input(0).shape[2], step->input_w = node.input(0).shape[3], step->input_c = node.input(0).shape[1];
    step->value_bytes = codes ? 1 : 4;
    step->reads = {builder.read(in, codes ? Form::whole : Form::real)};
    const BufferId to = builder.add_buffer(static_cast<std::size_t>(layout_of(node.output(0)).count() * step->value_bytes) + 64);
    step->writes = {to};
    builder.add(std::move(step), node, builder.precision(index), "copy");
    builder.finish(out, to, codes);
    return true;
}

}  // namespace octavo::onednn
