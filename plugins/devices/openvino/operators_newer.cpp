// What exporters of newer opsets write: normalizations by layer and group, reading and writing by index, looking at places of an image.
#include "operators.h"

#include <ops/support.h>
#include <openvino/op/ops.hpp>

#include <numeric>

namespace octavo::openvino {
namespace {

namespace op = ov::op;
using Numbers = std::vector<std::int64_t>;

// Of both scatters, which have an enumeration each.
template <class Op>
typename Op::Reduction reduction_of(const Job& job) {
    const std::string_view name = job.node.text("reduction", "none");
    if (name == "add") return Op::Reduction::SUM;
    if (name == "mul") return Op::Reduction::PROD;
    if (name == "max") return Op::Reduction::MAX;
    if (name == "min") return Op::Reduction::MIN;
    return Op::Reduction::NONE;
}

}  // namespace

Result<Outputs> build_layer_normalization(const Job& job) {
    if (job.node.output_count() > 1) return ops::refusal(job.node, "device openvino gives neither its mean nor its deviation");
    const std::int64_t axis = job.axis("axis", -1);
    Numbers axes(static_cast<std::size_t>(job.rank() - axis));
    std::iota(axes.begin(), axes.end(), axis);
    const Value normal = make<op::v6::MVN>(job.read(0), integers(axes), true, job.node.real("epsilon", 1e-5F), op::MVNEpsMode::INSIDE_SQRT);
    const Value scaled = make<op::v1::Multiply>(normal, job.read(1));
    return Outputs{job.node.has_input(2) ? make<op::v1::Add>(scaled, job.read(2)) : scaled};
}

// Scale and bias have one number a channel there; those of groups are repeated.
Result<Outputs> build_group_normalization(const Job& job) {
    const std::int64_t groups = job.node.integer("num_groups", 1), channels = job.node.input(0).shape[1];
    const auto of_channels = [&](std::size_t i) {
        if (job.node.input(i).shape[0] == channels) return job.read(i);
        Numbers group_of(static_cast<std::size_t>(channels));
        for (std::size_t c = 0; c < group_of.size(); ++c) group_of[c] = static_cast<std::int64_t>(c) * groups / channels;
        return make<op::v8::Gather>(job.read(i), integers(group_of), integer(0));
    };
    const auto epsilon = static_cast<double>(job.node.real("epsilon", 1e-5F));
    return Outputs{make<op::v12::GroupNormalization>(job.read(0), of_channels(1), of_channels(2), groups, epsilon)};
}

Result<Outputs> build_mean_variance(const Job& job) {
    const Numbers axes = job.node.integers("axes", {0, 2, 3});
    return Outputs{make<op::v6::MVN>(job.read(0), integers(axes), true, 1e-9F, op::MVNEpsMode::OUTSIDE_SQRT)};
}

Result<Outputs> build_gather_elements(const Job& job) {
    const std::int64_t axis = job.axis("axis", 0);
    for (std::int64_t i = 0; i < job.rank(); ++i)
        if (i != axis && job.node.input(0).shape[i] != job.node.input(1).shape[i])
            return ops::refusal(job.node, "device openvino wants indices as long as the data along other axes");
    return Outputs{make<op::v6::GatherElements>(job.read(0), job.read(1), axis)};
}

Result<Outputs> build_gather_nd(const Job& job) {
    return Outputs{make<op::v8::GatherND>(job.read(0), job.read(1), static_cast<std::size_t>(job.node.integer("batch_dims", 0)))};
}

Result<Outputs> build_scatter_nd(const Job& job) {
    using Scatter = op::v15::ScatterNDUpdate;
    return Outputs{make<Scatter>(job.read(0), job.read(1), job.read(2), reduction_of<Scatter>(job))};
}

Result<Outputs> build_scatter_elements(const Job& job) {
    using Scatter = op::v12::ScatterElementsUpdate;
    return Outputs{make<Scatter>(job.read(0), job.read(1), job.read(2), integer(job.axis("axis", 0)), reduction_of<Scatter>(job))};
}

Result<Outputs> build_grid_sample(const Job& job) {
    using Sample = op::v9::GridSample;
    const std::string_view mode = job.node.text("mode", "linear"), padding = job.node.text("padding_mode", "zeros");
    const auto how = mode == "nearest"         ? Sample::InterpolationMode::NEAREST
                     : mode.ends_with("cubic") ? Sample::InterpolationMode::BICUBIC
                                               : Sample::InterpolationMode::BILINEAR;
    const auto outside = padding == "border"       ? Sample::PaddingMode::BORDER
                         : padding == "reflection" ? Sample::PaddingMode::REFLECTION
                                                   : Sample::PaddingMode::ZEROS;
    const Sample::Attributes attributes(job.node.integer("align_corners", 0) != 0, how, outside);
    return Outputs{make<Sample>(job.read(0), job.read(1), attributes)};
}

}  // namespace octavo::openvino
