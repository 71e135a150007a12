// Windows over an image, and resizing. Pads are written as numbers: ONNX Runtime runs auto_pad neither with dilations nor with windows
// smaller than their stride.
#include "core/formats/onnx/operator_rows.h"

#include "core/formats/onnx/opset.h"
#include "core/graph/window.h"

#include <algorithm>

namespace octavo::onnx {
namespace {

// What one of these axes has among the numbers of input `i`, and what the others have by `other`, as one tensor.
template <class Other>
std::string spread_over_axes(Job& job, std::size_t i, const std::vector<std::int64_t>& axes, Other other) {
    ModelBuilder& m = job.model;
    const std::int64_t rank = job.rank();
    const auto slice = [&](const std::string& from, std::int64_t at) {
        const std::string name = job.between("one");
        m.add_node(name, "Slice", {from, m.integers(job.part("from"), {at}), m.integers(job.part("to"), {at + 1})}, {name});
        return name;
    };
    Names parts;
    for (std::int64_t d = 0; d < rank; ++d) {
        const auto at = std::find_if(axes.begin(), axes.end(), [&](std::int64_t axis) { return axis == d || axis + rank == d; });
        parts.push_back(at == axes.end() ? other(d, slice) : slice(job.inputs[i], at - axes.begin()));
    }
    return job.step("Concat", "all", parts, {{"axis", std::int64_t{0}}});
}

// Opset 18 names axes; here scales and sizes are of all of them.
void give_all_axes(Job& job) {
    const auto found = job.attributes.find("axes");
    if (found == job.attributes.end()) return;
    const auto axes = std::get<std::vector<std::int64_t>>(found->second);
    job.attributes.erase(found);
    if (job.has_input(2)) {
        const std::string one = job.model.constant<float>(job.part("keep"), OCTAVO_F32, {1}, {1.0F});
        job.set_input(2, spread_over_axes(job, 2, axes, [&](std::int64_t, const auto&) { return one; }));
    }
    if (job.has_input(3)) {
        const std::string shape = job.step("Shape", "shape", {job.inputs[0]});
        job.set_input(3, spread_over_axes(job, 3, axes, [&](std::int64_t d, const auto& slice) { return slice(shape, d); }));
    }
}

std::string reals(Job& job, const char* what, const std::vector<float>& values) {
    return job.model.constant<float>(job.part(what), OCTAVO_F32, {static_cast<std::int64_t>(values.size())}, values);
}

// Before opset 11: x and scales, on a grid without half pixels. Where it shrinks, the nearest value is the one behind, else the one before:
// what does both is two nodes.
void write_old_resize(Job& job) {
    const Tensor* tensor = job.node.inputs.size() > 1 ? &job.graph[job.node.inputs[1]] : nullptr;
    std::vector<float> scales = attribute_or(job.node, "scales", std::vector<float>());
    if (tensor) scales.assign(tensor->data.as<float>().begin(), tensor->data.as<float>().end());
    job.drop({"scales"});
    job.attributes["coordinate_transformation_mode"] = std::string("asymmetric");
    const auto limited = [&](auto limit) {
        std::vector<float> values;
        for (const float scale : scales) values.push_back(limit(scale));
        return values;
    };
    const std::vector<float> shrinking = limited([](float scale) { return std::min(scale, 1.0F); });
    const std::vector<float> enlarging = limited([](float scale) { return std::max(scale, 1.0F); });
    const bool is_nearest = attribute_or(job.node, "mode", std::string("nearest")) == "nearest";
    job.attributes["nearest_mode"] = std::string(is_nearest && enlarging != scales ? "ceil" : "floor");
    std::string given = tensor ? job.inputs[1] : "";
    if (is_nearest && enlarging != scales && shrinking != scales) {
        job.inputs[0] = job.step("Resize", "shrunk", {job.inputs[0], "", reals(job, "shrinking", shrinking)}, job.attributes);
        job.attributes["nearest_mode"] = std::string("floor");
        given = reals(job, "enlarging", enlarging);
    }
    job.inputs = {job.inputs[0], "", given.empty() ? reals(job, "scales", scales) : given};
}

}  // namespace

// Conv, ConvTranspose, MaxPool and the other poolings.
void write_window(Job& job) {
    const std::string auto_pad = attribute_or(job.node, "auto_pad", std::string("NOTSET"));
    job.drop({"auto_pad"});
    if (auto_pad != "NOTSET" && !auto_pad.empty()) {
        const WindowLists window = window_lists(job.graph, job.node).value();
        job.attributes["pads"] = window.pads();
        if (job.node.op == "ConvTranspose") {
            job.drop({"output_shape"});
            job.attributes["output_padding"] = window.output_padding();
        }
    }
    job.write(job.node.op);
}

// Without padding nothing counts that could be left out, but ONNX Runtime's average of codes counts what ceil_mode adds.
void write_average_pool(Job& job) {
    if (!has_gaps(job.node)) job.drop({"dilations"});
    if (!window_lists(job.graph, job.node).value().has_pads()) job.drop({"count_include_pad"});
    write_window(job);
}

// Padding adds nothing to a norm: it does what ceil_mode, which is new in opset 18, does.
void write_lp_pool(Job& job) {
    if (!has_gaps(job.node)) job.drop({"dilations"});
    if (job.attributes.erase("ceil_mode") > 0) {
        WindowLists window = window_lists(job.graph, job.node).value();
        window.end = window.end_for_floor();
        job.drop({"auto_pad"});
        job.attributes["pads"] = window.pads();
        return job.write("LpPool");
    }
    write_window(job);
}

void write_resize(Job& job) {
    if (job.node.op == "Upsample" || job.inputs.size() == 2)
        write_old_resize(job);
    else if (attribute_or(job.node, "nearest_mode", std::string()) == "simple")
        job.attributes["nearest_mode"] = std::string(size_changes(job.graph, job.node).shrinks ? "ceil" : "floor");
    if (!is_antialiased(job.graph, job.node)) job.drop({"antialias"});
    if (!keeps_aspect_ratio(job.node)) job.drop({"keep_aspect_ratio_policy"});
    if (job.model.opset() < 18) give_all_axes(job);
    job.write("Resize");
}

}  // namespace octavo::onnx
