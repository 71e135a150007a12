// Collector: what was seen of the tapped tensors. It counts image by image, so batch size, layout, order and the number of threads change
// nothing; collectors of several runs can be merged. Its size does not grow with the number of images.
#pragma once

#include "core/statistics/fixed_sum.h"
#include "core/statistics/histogram.h"
#include "core/statistics/image_view.h"

#include <octavo/result.h>

#include <string>
#include <vector>

namespace octavo {

// Of what `image` makes of `what`: "tensor 'x'". Code::data.
Error not_finite(const std::string& what, const std::string& image);

// What is wanted of one tensor; spans alone do not look for NaN. Axis 0 is the batch, one is the channels, the others are positions.
struct Request {
    std::string name;  // for messages
    std::int64_t channels = 1;
    bool whole = true;        // a histogram of all values
    bool by_channel = false;  // a small histogram for each channel
    bool means = false;       // the mean of each channel
    bool spans = false;       // the least and the greatest value of each channel
    std::size_t axis = 1;     // of the channels
};

class Collector {
public:
    // An image's values are shared among `threads` threads of the current TBB arena.
    explicit Collector(std::vector<Request> requests, std::size_t threads = 1);

    std::size_t size() const { return entries_.size(); }
    const Request& request(std::size_t index) const { return entries_[index].request; }

    // Counts the rows of these images, which `batch` ran together with (0: a row an image); rows behind them are padding. The view holds
    // f32 with any strides; dense NCHW and dense channels-last are read in place. A NaN or an infinity is an error (Code::data) that names
    // tensor and image; the collector is then of no further use.
    Result<void> add(std::size_t index, const octavo_tensor& view, std::span<const std::string> images, std::int64_t batch = 0);
    // `other` was made from the same requests.
    void merge(const Collector& other);

    // Of all values; where only channels were counted, in their bins.
    Histogram whole(std::size_t index) const;
    std::span<const Histogram> by_channel(std::size_t index) const { return entries_[index].by_channel; }
    // Views of by_channel as algorithms take them; valid until the next change.
    std::vector<octavo_histogram> channel_views(std::size_t index) const;
    // The mean of each channel over all images and positions; 0 where nothing was added.
    std::vector<double> means(std::size_t index) const;
    struct Span {
        float low = 0, high = 0;
    };
    // Of each channel; an empty list where nothing was added.
    std::vector<Span> spans(std::size_t index) const;

private:
    struct Entry {
        Request request;
        std::vector<Histogram> wholes;  // [thread]; none where the request wants none
        std::vector<Histogram> by_channel;
        std::vector<FixedSum> sums;
        std::vector<float> low, high;  // [channel]
        std::uint64_t positions = 0;   // values of each channel
    };

    static bool add_part(Entry& entry, const ImageView& image, std::size_t part, std::size_t parts);

    std::vector<Entry> entries_;
    std::size_t threads_;
};

}  // namespace octavo
