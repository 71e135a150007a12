// Normalizations of a pixel's channels: LRN with the exponent 0.75 of AlexNet and GoogLeNet, and LpNormalization by the 2-norm, as SSD has
// it. Others run by the table.
#include "steps.h"

#include "ops/support.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

using Kernel = void (*)(const NormalizationJob& job, std::int64_t first_pixel, std::int64_t last_pixel);

class NormalizationStep : public Step {
public:
    NormalizationStep(const NormalizationJob& job, Kernel kernel, Source source, std::vector<Target> targets)
        : job_(job), kernel_(kernel), source_(std::move(source)), targets_(std::move(targets)) {
        reads = {source_.buffer};
        for (const Target& target : targets_) writes.push_back(target.buffer);
    }

    void bind(const Addresses& addresses, std::byte*) override {
        job_.a = bind_source(source_, addresses, job_.channels, 0);
        job_.destination_count = static_cast<int>(targets_.size());
        for (std::size_t i = 0; i < targets_.size(); ++i) job_.destinations[i] = bind_target(targets_[i], addresses);
    }
    void run(const RunContext& context) override {
        constexpr std::int64_t kGrain = 64;
        context.team.share((job_.pixels + kGrain - 1) / kGrain,
                           [&](std::int64_t i, int) { kernel_(job_, i * kGrain, std::min(job_.pixels, (i + 1) * kGrain)); });
    }

private:
    NormalizationJob job_;
    Kernel kernel_;
    Source source_;
    std::vector<Target> targets_;
};

bool is_lrn(const ops::NodeView& node) {
    constexpr std::int64_t kMostSize = 63;  // of the kernel's buffer
    return node.op() == "LRN" && node.real("beta", 0.75F) == 0.75F && node.integer("size", 5) <= kMostSize;
}

bool is_two_norm(const ops::NodeView& node) {
    if (node.op() != "LpNormalization" || node.integer("p", 2) != 2) return false;
    const Result<std::int64_t> axis = ops::resolve_axis(node, node.integer("axis", -1), 4);
    return axis && *axis == 1;
}

}  // namespace

bool lower_normalization(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.input(0).rank != 4 || node.input(0).shape[1] > kMostChannels || (!is_lrn(node) && !is_two_norm(node))) return false;
    const Layout layout = layout_of(node.input(0));
    NormalizationJob job;
    job.pixels = layout.images * layout.pixels;
    job.channels = layout.channels;
    if (is_lrn(node)) {
        job.size = node.integer("size", 5);
        job.factor = node.real("alpha", 1e-4F) / static_cast<float>(job.size);
        job.bias = node.real("bias", 1.0F);
    }
    const Kernel kernel = is_lrn(node) ? value_kernels().lrn : value_kernels().normalize;
    Source source = source_of(builder, node.input_id(0));
    builder.add(std::make_unique<NormalizationStep>(job, kernel, std::move(source), builder.targets(node.output_id(0))), node,
                builder.precision(index), "values");
    return true;
}

}  // namespace octavo::onednn
