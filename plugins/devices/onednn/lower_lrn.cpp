// Local response normalization across channels with the exponent 0.75 of AlexNet and GoogLeNet; other exponents run by the table.
#include "kernels/parallel.h"
#include "steps.h"

namespace octavo::onednn {
namespace {

class LrnStep : public Step {
public:
    LrnJob job;
    Source source;
    std::vector<Target> targets;

    void bind(const Addresses& addresses, std::byte*) override {
        job.a = bind_source(source, addresses, job.channels, 0);
        job.destination_count = static_cast<int>(targets.size());
        for (std::size_t i = 0; i < targets.size(); ++i) job.destinations[i] = bind_target(targets[i], addresses);
    }
    void run(const RunContext&) override {
        constexpr std::int64_t kGrain = 64;
        parallel((job.pixels + kGrain - 1) / kGrain,
                 [&](std::int64_t i) { value_kernels().lrn(job, i * kGrain, std::min(job.pixels, (i + 1) * kGrain)); });
    }
};

}  // namespace

bool lower_lrn(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    constexpr std::int64_t kMostChannels = 4096, kMostSize = 63;  // of the kernel's buffers
    if (node.op() != "LRN" || node.input(0).rank != 4 || node.real("beta", 0.75F) != 0.75F) return false;
    const std::int64_t size = node.integer("size", 5);
    if (size > kMostSize || node.input(0).shape[1] > kMostChannels) return false;
    const std::int32_t in = node.input_id(0);
    auto step = std::make_unique<LrnStep>();
    const Layout layout = layout_of(node.input(0));
    step->job.size = size;
    step->job.factor = node.real("alpha", 1e-4F) / static_cast<float>(size);
    step->job.bias = node.real("bias", 1.0F);
    step->job.pixels = layout.images * layout.pixels;
    step->job.channels = layout.channels;
    const bool codes = builder.has(in, Form::whole);
    step->source = {builder.read(in, codes ? Form::whole : Form::real), codes ? builder.parameters(in, Form::whole) : nullptr};
    step->targets = builder.targets(node.output_id(0));
    step->reads = {step->source.buffer};
    for (const Target& target : step->targets) step->writes.push_back(target.buffer);
    builder.add(std::move(step), node, builder.precision(index), "values");
    return true;
}

}  // namespace octavo::onednn
