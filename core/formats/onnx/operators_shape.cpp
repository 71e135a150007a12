// What moves, selects or reduces values: lists that are attributes in one opset and inputs in another.
#include "core/formats/onnx/operator_rows.h"

#include <algorithm>

namespace octavo::onnx {

void write_axes_as_input(Job& job) {
    job.attribute_to_input("axes", 1);
    job.write(job.node.op);
}

// Opset 18 counts parts that need not be equal, and wants them counted where they are not listed.
void write_split(Job& job) {
    job.attribute_to_input("split", 1);
    const bool counted = job.attributes.erase("num_outputs") > 0;
    if (!job.has_input(1) && (counted || job.model.opset() >= 18)) {
        const std::int64_t axis = attribute_or(job.node, "axis", std::int64_t{0});
        std::vector<std::int64_t> parts;
        for (const TensorId id : job.node.outputs)
            parts.push_back(job.graph[id].shape[static_cast<std::size_t>(axis < 0 ? axis + job.rank() : axis)]);
        job.set_input(1, job.model.integers(job.part("split"), parts));
    }
    job.write("Split");
}

void write_pad(Job& job) {
    job.attribute_to_input("pads", 1);
    job.attribute_to_input("value", 2);
    const std::vector<std::int64_t> axes = job.constant(3), pads = job.constant(1);
    if (!axes.empty() && pads.size() == 2 * axes.size()) {  // opset 18: pads of these axes only
        const std::size_t rank = job.input_shape(0).size();
        std::vector<std::int64_t> all(2 * rank, 0);
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const auto axis = static_cast<std::size_t>(axes[i] < 0 ? axes[i] + job.rank() : axes[i]);
            all[axis] = pads[i];
            all[rank + axis] = pads[axes.size() + i];
        }
        job.inputs[1] = job.model.integers(job.part("pads"), all);
    }
    if (job.inputs.size() > 3) job.inputs.resize(3);
    while (job.inputs.back().empty()) job.inputs.pop_back();
    job.write("Pad");
}

void write_slice(Job& job) {
    job.attribute_to_input("starts", 1);
    job.attribute_to_input("ends", 2);
    job.attribute_to_input("axes", 3);
    job.write("Slice");
}

// No axes may mean all or, by an attribute of opset 18, none: then it is an axis of its own that is reduced. Booleans (opset 20) are
// reduced as bytes.
void write_reduction(Job& job) {
    std::vector<std::int64_t> axes = job.integers(1, "axes");
    const bool reduces_none = axes.empty() && attribute_or(job.node, "noop_with_empty_axes", std::int64_t{0}) != 0;
    const bool as_bytes = job.graph[job.node.inputs[0]].type == OCTAVO_BOOLEAN;
    job.drop({"axes", "noop_with_empty_axes"});
    job.inputs.resize(1);
    if (as_bytes) job.inputs[0] = job.step("Cast", "bytes", job.inputs, {{"to", onnx_type(OCTAVO_U8)}});
    if (reduces_none) {
        axes = {job.rank()};
        job.inputs[0] = job.step("Unsqueeze", "apart", {job.inputs[0], job.model.integers(job.part("axis"), axes)});
        job.attributes["keepdims"] = std::int64_t{0};
    }
    if (!axes.empty() && (job.node.op == "ReduceSum" || job.model.opset() >= 18))
        job.set_input(1, job.model.integers(job.part("axes"), axes));
    else if (!axes.empty())
        job.attributes["axes"] = axes;
    if (!as_bytes) return job.write(job.node.op);
    const std::string bytes = job.step(job.node.op.c_str(), "reduced", job.inputs, job.attributes);
    job.model.add_node(job.node.name, "Cast", {bytes}, job.outputs, {{"to", onnx_type(OCTAVO_BOOLEAN)}});
}

void write_reshape(Job& job) {
    if (job.model.opset() < 14) job.attributes.erase("allowzero");
    job.write("Reshape");
}

// Opset 15 takes a part of the list itself.
void write_shape(Job& job) {
    const std::int64_t start = attribute_or(job.node, "start", std::int64_t{0});
    const std::int64_t end = attribute_or(job.node, "end", job.rank());
    job.drop({"start", "end"});
    if (start == 0 && end >= job.rank()) return job.write("Shape");
    const std::string whole = job.step("Shape", "whole", job.inputs);
    job.model.add_node(job.node.name, "Slice",
                       {whole, job.model.integers(job.part("start"), {start}), job.model.integers(job.part("end"), {end})}, job.outputs);
}

}  // namespace octavo::onnx
