// One image after the other: its values are counted, its sums are rounded to fixed point once, and nothing else is remembered of it.
#include "core/statistics/collector.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace octavo {
namespace {

Result<void> check_view(const Request& request, const octavo_tensor& view, std::size_t rows) {
    const std::string place = "tensor '" + request.name + "': ";
    if (view.type != OCTAVO_F32) return Error(Code::internal, place + "a tap showed type " + std::to_string(view.type) + ", expected f32");
    if (view.rank < 1 || view.rank > OCTAVO_MAX_RANK || view.shape[0] < static_cast<std::int64_t>(rows)) {
        return Error(Code::internal, place + "a tap showed fewer rows than the batch has images");
    }
    const bool has_channels = request.axis < static_cast<std::size_t>(view.rank);
    const std::int64_t channels = has_channels ? view.shape[request.axis] : 1;
    if ((request.by_channel || request.means || request.spans) && channels != request.channels) {
        return Error(Code::internal,
                     place + "a tap showed " + std::to_string(channels) + " channels, expected " + std::to_string(request.channels));
    }
    return {};
}

// The channels behind the images; positions keep their order.
octavo_tensor with_channels_second(octavo_tensor view, std::size_t axis) {
    if (axis < 2 || axis >= static_cast<std::size_t>(view.rank)) return view;
    std::rotate(view.shape + 1, view.shape + axis, view.shape + axis + 1);
    std::rotate(view.strides + 1, view.strides + axis, view.strides + axis + 1);
    return view;
}

bool add_sums(std::span<const double> sums, std::span<FixedSum> to) {
    for (std::size_t c = 0; c < sums.size(); ++c) {
        if (!std::isfinite(sums[c])) return false;
        to[c].add(sums[c]);
    }
    return true;
}

void widen_spans(const ChannelFigures& figures, std::span<float> low, std::span<float> high) {
    for (std::size_t c = 0; c < figures.low.size(); ++c) {
        low[c] = std::min(low[c], figures.low[c]);
        high[c] = std::max(high[c], figures.high[c]);
    }
}

}  // namespace

Error not_finite(const std::string& what, const std::string& image) {
    return {Code::data, what + ": image '" + image +
                            "' makes it hold NaN or infinity in fp32; expected finite values, check preprocessing and the model"};
}

Collector::Collector(std::vector<Request> requests, std::size_t threads) : threads_(std::max<std::size_t>(threads, 1)) {
    for (Request& request : requests) {
        const std::size_t channels = static_cast<std::size_t>(request.channels);
        Entry entry = {std::move(request), {}, {}, {}, {}, {}, 0};
        if (entry.request.whole) entry.wholes.resize(threads_);
        if (entry.request.by_channel) entry.by_channel.resize(channels, Histogram(Histogram::kChannelBins));
        if (entry.request.means) entry.sums.resize(channels);
        if (entry.request.spans) {
            entry.low.assign(channels, std::numeric_limits<float>::infinity());
            entry.high.assign(channels, -std::numeric_limits<float>::infinity());
        }
        entries_.push_back(std::move(entry));
    }
}

// A share of the image's values for the tensor's histogram, and of its channels for those by channel. False where a value is not finite.
bool Collector::add_part(Entry& entry, const ImageView& image, std::size_t part, std::size_t parts) {
    bool finite = true;
    if (entry.request.whole) {
        const std::span<const float> all = image.all();
        const std::size_t first = all.size() * part / parts, last = all.size() * (part + 1) / parts;
        finite = entry.wholes[part].add(all.subspan(first, last - first));
    }
    const std::size_t tiles = (image.channels + kTileChannels - 1) / kTileChannels;
    const std::size_t first = std::min(image.channels, tiles * part / parts * kTileChannels);
    const std::size_t last = std::min(image.channels, tiles * (part + 1) / parts * kTileChannels);
    const ImageView channels = image.part(first, last - first);
    if (entry.request.by_channel) {
        std::vector<float> scratch;
        for_each_channel_tile(channels, scratch, [&](std::size_t channel, std::span<const float> values) {
            finite = entry.by_channel[first + channel].add(values) && finite;
        });
    }
    if (entry.request.means || entry.request.spans) {
        const ChannelFigures figures = channel_figures(channels);
        if (entry.request.means) finite = add_sums(figures.sums, std::span(entry.sums).subspan(first)) && finite;
        if (entry.request.spans) widen_spans(figures, std::span(entry.low).subspan(first), std::span(entry.high).subspan(first));
    }
    return finite;
}

Result<void> Collector::add(std::size_t index, const octavo_tensor& view, std::span<const std::string> images, std::int64_t batch) {
    Entry& entry = entries_[index];
    const std::size_t rows = batch > 0 && view.rank > 0 ? rows_of_images(view.shape[0], images.size(), batch) : images.size();
    OCTAVO_CHECK_OK(check_view(entry.request, view, rows));
    const octavo_tensor ordered = with_channels_second(view, entry.request.axis);
    constexpr std::size_t kFew = 16384;  // values that are not worth sharing
    std::vector<float> copy;
    for (std::size_t row = 0; row < rows; ++row) {
        const ImageView image = view_image(ordered, static_cast<std::int64_t>(row), copy);
        const std::size_t parts = image.all().size() < kFew ? 1 : threads_;
        std::atomic<bool> finite = true;
        const auto add_one = [&](std::size_t part) {
            if (!add_part(entry, image, part, parts)) finite = false;
        };
        if (parts == 1)
            add_one(0);
        else
            tbb::parallel_for(std::size_t{0}, parts, add_one);
        if (!finite) return not_finite("tensor '" + entry.request.name + "'", images[row * images.size() / rows]);
        entry.positions += image.positions;
    }
    return {};
}

void Collector::merge(const Collector& other) {
    if (other.size() != size()) std::abort();
    for (std::size_t i = 0; i < size(); ++i) {
        Entry& to = entries_[i];
        const Entry& from = other.entries_[i];
        for (const Histogram& whole : from.wholes) to.wholes[0].merge(whole);
        for (std::size_t c = 0; c < to.by_channel.size(); ++c) to.by_channel[c].merge(from.by_channel[c]);
        for (std::size_t c = 0; c < to.sums.size(); ++c) to.sums[c].merge(from.sums[c]);
        for (std::size_t c = 0; c < to.low.size(); ++c) {
            to.low[c] = std::min(to.low[c], from.low[c]);
            to.high[c] = std::max(to.high[c], from.high[c]);
        }
        to.positions += from.positions;
    }
}

Histogram Collector::whole(std::size_t index) const {
    const Entry& entry = entries_[index];
    Histogram whole(entry.request.whole ? Histogram::kBins : Histogram::kChannelBins);
    for (const Histogram& part : entry.request.whole ? entry.wholes : entry.by_channel) whole.merge(part);
    return whole;
}

std::vector<octavo_histogram> Collector::channel_views(std::size_t index) const {
    std::vector<octavo_histogram> views;
    for (const Histogram& histogram : entries_[index].by_channel) views.push_back(histogram.view());
    return views;
}

std::vector<double> Collector::means(std::size_t index) const {
    const Entry& entry = entries_[index];
    std::vector<double> means;
    for (const FixedSum& sum : entry.sums) {
        means.push_back(entry.positions > 0 ? sum.value() / static_cast<double>(entry.positions) : 0.0);
    }
    return means;
}

std::vector<Collector::Span> Collector::spans(std::size_t index) const {
    const Entry& entry = entries_[index];
    std::vector<Span> spans;
    for (std::size_t c = 0; c < entry.low.size() && entry.positions > 0; ++c) spans.push_back({entry.low[c], entry.high[c]});
    return spans;
}

}  // namespace octavo
