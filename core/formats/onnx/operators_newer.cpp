// Operators that came after opset 13, in parts where the model is written in an older one; normalizations of groups by
// InstanceNormalization.
#include "core/formats/onnx/operator_rows.h"
#include "core/formats/triangle.h"

#include <numeric>

namespace octavo::onnx {
namespace {

using Numbers = std::vector<std::int64_t>;

void finish(Job& job, const char* op, const Names& inputs) {
    job.model.add_node(job.node.name, op, inputs, {job.outputs[0]});
}

// x * scale + bias, where there is a bias.
void finish_affine(Job& job, const std::string& x, const std::string& scale, const std::string& bias) {
    if (bias.empty()) return finish(job, "Mul", {x, scale});
    finish(job, "Add", {job.step("Mul", "scaled", {x, scale}), bias});
}

}  // namespace

// ONNX Runtime wants scale and bias of the shape of what is normalized, not one number for all.
void write_layer_normalization(Job& job) {
    const Shape& shape = job.input_shape(0);
    const std::int64_t axis = attribute_or(job.node, "axis", std::int64_t{-1});
    const Shape normal(shape.begin() + (axis < 0 ? axis + std::ssize(shape) : axis), shape.end());
    for (const std::size_t i : {1U, 2U}) {
        if (!job.has_input(i)) continue;
        const Tensor& given = job.graph[job.node.inputs[i]];
        if (!given.is_constant() || element_count(given.shape) != 1 || given.shape == normal) continue;
        std::vector<float> each(static_cast<std::size_t>(element_count(normal)), given.data.as<float>()[0]);
        job.inputs[i] = job.model.constant<float>(job.part(i == 1 ? "scale" : "bias"), OCTAVO_F32, normal, std::move(each));
    }
    job.write(job.node.op);
}

// Scale and bias of the groups are those of InstanceNormalization, of the channels come behind. The operator itself has had two forms.
void write_group_normalization(Job& job) {
    ModelBuilder& m = job.model;
    const std::int64_t groups = attribute_or(job.node, "num_groups", std::int64_t{1});
    const bool scales_groups = job.input_shape(1) == Shape{groups}, shifts_inside = scales_groups && job.input_shape(2) == Shape{groups};
    const auto filled = [&](const char* what, float value) {
        return m.constant(job.part(what), OCTAVO_F32, {groups}, std::vector(static_cast<std::size_t>(groups), value));
    };
    const std::string scale = scales_groups ? job.inputs[1] : filled("ones", 1), bias = shifts_inside ? job.inputs[2] : filled("zeros", 0);
    const std::string flat = job.step("Reshape", "flat", {job.inputs[0], m.integers(job.part("groups"), {0, groups, -1})});
    const std::string normal =
        job.step("InstanceNormalization", "normal", {flat, scale, bias}, {{"epsilon", attribute_or(job.node, "epsilon", 1e-5F)}});
    Shape back = job.input_shape(0);
    back[0] = 0;
    const std::string target = m.integers(job.part("shape"), back);
    if (shifts_inside) return finish(job, "Reshape", {normal, target});
    Numbers axes(back.size() - 2);
    std::iota(axes.begin(), axes.end(), 1);
    const auto of_channels = [&](std::size_t i, const char* what) {
        return axes.empty() ? job.inputs[i] : job.step("Unsqueeze", what, {job.inputs[i], m.integers(job.part("axes"), axes)});
    };
    const std::string images = job.step("Reshape", "images", {normal, target});
    if (scales_groups) return finish(job, "Add", {images, of_channels(2, "bias")});
    finish_affine(job, images, of_channels(1, "scale"), of_channels(2, "bias"));
}

// The values that stay are those of a constant mask; a diagonal that is computed has raised the opset.
void write_trilu(Job& job) {
    if (job.model.opset() >= 14) return job.write("Trilu");
    const Shape& shape = job.input_shape(0);
    const std::int64_t rows = shape[shape.size() - 2], columns = shape.back();
    const Numbers given = job.constant(1);
    const bool upper = attribute_or(job.node, "upper", std::int64_t{1}) != 0;
    const std::string mask =
        job.model.constant(job.part("mask"), OCTAVO_BOOLEAN, {rows, columns}, triangle(shape, given.empty() ? 0 : given[0], upper));
    const octavo_type type = job.graph[job.node.inputs[0]].type;
    const std::string zero = job.model.constant(job.part("zero"), type, {}, std::vector<std::uint8_t>(element_bytes(type), 0));
    finish(job, "Where", {mask, job.inputs[0], zero});
}

// Reals have only the sign of the dividend: else a - floor(a / b) * b.
void write_mod(Job& job) {
    if (job.graph[job.node.inputs[0]].type != OCTAVO_F32 || attribute_or(job.node, "fmod", std::int64_t{0}) != 0) return job.write("Mod");
    const std::string whole = job.step("Floor", "whole", {job.step("Div", "quotient", job.inputs)});
    finish(job, "Sub", {job.inputs[0], job.step("Mul", "product", {whole, job.inputs[1]})});
}

// A reduction has raised the opset; before, there is no word for none.
void write_scatter(Job& job) {
    if (job.model.opset() < 16) job.drop({"reduction"});
    job.write(job.node.op);
}

// As opsets 16 to 19 call the modes.
void write_grid_sample(Job& job) {
    const std::string mode = attribute_or(job.node, "mode", std::string("linear"));
    job.attributes["mode"] = mode == "linear" ? std::string("bilinear") : mode == "cubic" ? std::string("bicubic") : mode;
    job.write("GridSample");
}

}  // namespace octavo::onnx
