// Normalizations by mean and variance.
#include "core/formats/openvino/operator_rows.h"

#include <numeric>

namespace octavo::openvino {
namespace {

using Numbers = std::vector<std::int64_t>;

const Data kNumpy = {{"auto_broadcast", "numpy"}};

Data by_variance(float epsilon, const char* mode) {
    return {{"normalize_variance", "true"}, {"eps", text_of(epsilon)}, {"eps_mode", mode}};
}

}  // namespace

Result<Values> write_layer_normalization(Job& job, const LayerType& layer) {
    if (job.node.outputs.size() > 1) return job.refusal("its mean or deviation is read");
    const std::int64_t axis = job.axis("axis", -1);
    Numbers axes(static_cast<std::size_t>(job.rank() - axis));
    std::iota(axes.begin(), axes.end(), axis);
    const Value normal = between(job, layer, "normal", {job.read(0), job.ir.integers(job.part("axes"), axes)},
                                 by_variance(attribute_or(job.node, "epsilon", 1e-5F), "inside_sqrt"));
    const Value scaled = between(job, {"Multiply", "opset1"}, "scaled", {normal, job.read(1)}, kNumpy);
    if (!job.has(2)) return Values{scaled};
    return Values{job.ir.add({"Add", "opset1"}, job.node.name, kNumpy, {scaled, job.read(2)}, job.output())};
}

// Scale and bias have one number a channel here; those of groups are repeated.
Result<Values> write_group_normalization(Job& job, const LayerType& layer) {
    const std::int64_t groups = attribute_or(job.node, "num_groups", std::int64_t{1}), channels = job.input(0).shape[1];
    const auto of_channels = [&](std::size_t i, const char* what) {
        if (job.input(i).shape[0] == channels) return job.read(i);
        Numbers group_of(static_cast<std::size_t>(channels));
        for (std::size_t c = 0; c < group_of.size(); ++c) group_of[c] = static_cast<std::int64_t>(c) * groups / channels;
        const Values inputs = {job.read(i), job.ir.integers(job.part("groups"), group_of), job.ir.integer(job.part("axis"), 0)};
        return job.ir.add({"Gather", "opset8"}, job.part(what), {{"batch_dims", "0"}}, inputs, {OCTAVO_F32, {channels}});
    };
    const Data data = {{"num_groups", std::to_string(groups)}, {"epsilon", text_of(attribute_or(job.node, "epsilon", 1e-5F))}};
    return Values{job.ir.add(layer, job.node.name, data, {job.read(0), of_channels(1, "scale"), of_channels(2, "bias")}, job.output())};
}

Result<Values> write_mean_variance(Job& job, const LayerType& layer) {
    const Numbers axes = attribute_or(job.node, "axes", Numbers{0, 2, 3});
    return Values{job.ir.add(layer, job.node.name, by_variance(1e-9F, "outside_sqrt"),
                             {job.read(0), job.ir.integers(job.part("axes"), axes)}, job.output())};
}

}  // namespace octavo::openvino
