// InstanceNormalization and GroupNormalization in fp32, with the activation behind them. Of pictures that lie channels-last, moments of the
// channels are added up in bands of pixels, then each channel is scaled and shifted; codes are read and written on the way. Of all others
// a group is a row.
#include "as_it_lies.h"
#include "kernels/functions.h"
#include "kernels/lane_blocks.h"

#include <algorithm>
#include <cmath>

namespace octavo::onednn {
namespace {

struct Groups {
    std::int64_t images = 0, count = 0, channels = 0, pixels = 0;  // channels: of a group
    std::vector<float> scale, bias;                                // of all channels
    double epsilon = 0;

    std::int64_t all_channels() const { return count * channels; }
    std::size_t constant_bytes() const { return (scale.size() + bias.size()) * sizeof(float); }
};

class PictureGroupsStep : public Step {
public:
    PictureGroupsStep(Groups groups, const Activation& activation, Source source, std::vector<Target> targets)
        : groups_(std::move(groups)), source_(std::move(source)), targets_(std::move(targets)) {
        job_.kind = Pointwise::scale_shift;
        job_.activation = activation;
        job_.pixels = groups_.pixels;
        job_.channels = groups_.all_channels();
        job_.destination_count = static_cast<int>(targets_.size());
        reads = {source_.buffer};
        for (const Target& target : targets_) writes.push_back(target.buffer);
        band_pixels_ = std::max(parts_of(groups_.pixels, kMostBands), piece_of(job_.channels));
        bands_ = parts_of(groups_.pixels, band_pixels_);
        const auto images = static_cast<std::size_t>(groups_.images);
        scratch_bytes = images * (band_values() * static_cast<std::size_t>(bands_) * sizeof(double) + 2 * channels() * sizeof(float));
    }
    void bind(const Addresses& addresses, std::byte* scratch) override {
        const std::int64_t stride = source_.stride ? source_.stride : job_.channels;
        job_.a = bind_source(source_, addresses, stride, groups_.pixels * stride);
        for (std::size_t i = 0; i < targets_.size(); ++i) job_.destinations[i] = bind_target(targets_[i], addresses);
        moments_ = reinterpret_cast<double*>(scratch);
        const auto bands = static_cast<std::size_t>(groups_.images * bands_);
        scale_ = reinterpret_cast<float*>(moments_ + bands * band_values());
        shift_ = scale_ + static_cast<std::size_t>(groups_.images) * channels();
    }
    void run(const RunContext& context) override {
        context.team.share(groups_.images * bands_, [&](std::int64_t band, int) { add_up(band); });
        share_pieces(context.team, groups_.images * groups_.count, 2 * bands_ * groups_.channels,
                     [&](std::int64_t i, std::int64_t end, int) {
                         for (; i < end; ++i) settle(i / groups_.count, i % groups_.count * groups_.channels);
                     });
        context.team.share(groups_.images * bands_, [&](std::int64_t band, int) { apply(band); });
    }
    std::size_t constant_bytes() const override { return groups_.constant_bytes(); }

private:
    static constexpr std::int64_t kMostBands = 32;  // as many whatever the threads, so that sums are the same

    std::size_t channels() const { return static_cast<std::size_t>(job_.channels); }
    std::size_t band_values() const { return 2 * channels(); }  // sums, then squares
    double* moments_of(std::int64_t band) const { return moments_ + static_cast<std::size_t>(band) * band_values(); }
    std::int64_t first_of(std::int64_t band) const { return band % bands_ * band_pixels_; }
    std::int64_t last_of(std::int64_t band) const { return std::min(groups_.pixels, first_of(band) + band_pixels_); }

    void add_up(std::int64_t band) const {
        Operand from = job_.a;
        const std::int64_t at = band / bands_ * from.image_stride + first_of(band) * from.pixel_stride;
        if (from.u8) from.u8 += at;
        if (from.f32) from.f32 += at;
        function_kernels().moments(from, last_of(band) - first_of(band), job_.channels, moments_of(band));
    }

    // Of values as they are stored: codes' own, which the grid then moves.
    void settle(std::int64_t image, std::int64_t first) const {
        const auto pixels = static_cast<double>(groups_.pixels);
        double sum = 0, squares = 0;
        for (std::int64_t c = first; c < first + groups_.channels; ++c) {
            double own = 0, own_squares = 0;
            for (std::int64_t band = image * bands_; band < (image + 1) * bands_; ++band)
                own += moments_of(band)[c], own_squares += moments_of(band)[job_.channels + c];
            const auto [grid, zero] = grid_of(c);
            sum += grid * (own - pixels * zero);
            squares += grid * grid * (own_squares - zero * (2 * own - pixels * zero));
        }
        const double count = pixels * static_cast<double>(groups_.channels), mean = sum / count;
        const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean) + groups_.epsilon);
        const std::size_t row = static_cast<std::size_t>(image) * channels();
        for (auto c = static_cast<std::size_t>(first); c < static_cast<std::size_t>(first + groups_.channels); ++c) {
            const double factor = static_cast<double>(groups_.scale[c]) / deviation;
            scale_[row + c] = static_cast<float>(factor);
            shift_[row + c] = static_cast<float>(static_cast<double>(groups_.bias[c]) - mean * factor);
        }
    }
    std::pair<double, double> grid_of(std::int64_t channel) const {
        const Operand& from = job_.a;
        if (from.f32) return {1, 0};
        if (!from.scales) return {static_cast<double>(from.scale), from.zero_point};
        return {static_cast<double>(from.scales[channel]), from.zero_points[channel]};
    }

    void apply(std::int64_t band) const {
        PointwiseJob job = job_;
        const std::int64_t image = band / bands_, start = image * groups_.pixels;
        job.scale = scale_ + static_cast<std::size_t>(image) * channels();
        job.shift = shift_ + static_cast<std::size_t>(image) * channels();
        value_kernels().pointwise(job, start + first_of(band), start + last_of(band));
    }

    Groups groups_;
    Source source_;
    std::vector<Target> targets_;
    PointwiseJob job_;
    std::int64_t band_pixels_ = 0, bands_ = 0;
    double* moments_ = nullptr;                  // [image, band, 2, channel]
    float *scale_ = nullptr, *shift_ = nullptr;  // [image, channel]
};

class RowGroupsStep : public Step {
public:
    RowGroupsStep(Groups groups, const Activation& activation) : groups_(std::move(groups)), activation_(activation) {}
    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<float>(reads[0]);
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override {
        const std::int64_t size = groups_.channels * groups_.pixels;
        context.team.share(groups_.images * groups_.count, [&](std::int64_t i, int) {
            const auto first = static_cast<std::size_t>(i % groups_.count * groups_.channels);
            const Normal normal = {&groups_.scale[first], &groups_.bias[first], groups_.epsilon};
            function_kernels().normalize_group(from_ + i * size, to_ + i * size, groups_.channels, groups_.pixels, normal);
            value_kernels().activate(activation_, size, to_ + i * size);
        });
    }
    std::size_t constant_bytes() const override { return groups_.constant_bytes(); }

private:
    Groups groups_;
    Activation activation_;
    const float* from_ = nullptr;
    float* to_ = nullptr;
};

// A number a channel, whether there is one of each or of each group.
std::vector<float> of_channels(const Builder& builder, const ops::NodeView& node, std::size_t input, std::int64_t channels) {
    const auto* values = static_cast<const float*>(builder.constant(node.input_id(input)));
    std::vector<float> made(static_cast<std::size_t>(channels));
    const auto given = static_cast<std::size_t>(ops::element_count(node.input_shape(input)));
    for (std::size_t c = 0; c < made.size(); ++c) made[c] = values[c * given / made.size()];
    return made;
}

}  // namespace

bool lower_groups(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "InstanceNormalization" && node.op() != "GroupNormalization") return false;
    if (node.input(0).data || !node.input(1).data || !node.input(2).data) return false;
    const ops::Shape shape = node.input_shape(0);
    Groups groups;
    groups.images = shape[0];
    groups.count = node.op() == "InstanceNormalization" ? shape[1] : node.integer("num_groups", 1);
    groups.channels = shape[1] / groups.count;
    groups.pixels = ops::extent(shape, 2, shape.size());
    groups.scale = of_channels(builder, node, 1, shape[1]);
    groups.bias = of_channels(builder, node, 2, shape[1]);
    groups.epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
    const std::int32_t in = node.input_id(0);
    if (is_picture(node.input(0)) && !builder.lies_in_rows(in)) {
        Source source = source_of(builder, in);
        auto step = std::make_unique<PictureGroupsStep>(std::move(groups), node.activation(), std::move(source),
                                                        builder.targets(node.output_id(0)));
        builder.add(std::move(step), node, OCTAVO_FP32, "values");
        return true;
    }
    auto step = std::make_unique<RowGroupsStep>(std::move(groups), node.activation());
    step->reads = {read_as(builder, in, true)};
    add_as(builder, std::move(step), node, OCTAVO_FP32, "values", true);
    return true;
}

}  // namespace octavo::onednn
