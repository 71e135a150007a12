// The collector: the same images give the same statistics in any layout, batch, order and split.
#include "core/statistics/collector.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

using octavo::Collector;
using octavo::Histogram;
using octavo::Request;

namespace {

enum class Layout { nchw, channels_last, padded };

// A batch of images of C x H x W in one of several layouts.
struct Batch {
    std::vector<float> data;
    octavo_tensor view{};
    std::vector<std::string> names;
};

struct Size {
    std::int64_t channels, height, width;
};

std::vector<std::int64_t> strides_for(Layout layout, Size s) {
    switch (layout) {
        case Layout::nchw:
            return {s.channels * s.height * s.width, s.height * s.width, s.width, 1};
        case Layout::channels_last:
            return {s.channels * s.height * s.width, 1, s.width * s.channels, s.channels};
        case Layout::padded:
            return {s.channels * s.height * (s.width + 3) + 5, s.height * (s.width + 3), s.width + 3, 1};
    }
    return {};
}

float value(std::int64_t image, std::int64_t channel, std::int64_t position) {
    std::uint64_t hash = static_cast<std::uint64_t>(image * 1000003 + channel * 5003 + position + 1) * 0x9E3779B97F4A7C15U;
    hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9U;
    const float x = std::ldexp(static_cast<float>(hash >> 40), -24) * 8 - 2;
    return (channel % 3 == 0 && x < 0) ? 0.0F : x * static_cast<float>(channel + 1);
}

Batch batch_of(const std::vector<std::int64_t>& images, Size size, Layout layout) {
    Batch batch;
    const std::vector<std::int64_t> strides = strides_for(layout, size);
    const std::int64_t rows = static_cast<std::int64_t>(images.size());
    batch.data.assign(static_cast<std::size_t>(rows * strides[0]), std::numeric_limits<float>::quiet_NaN());
    for (std::int64_t n = 0; n < rows; ++n) {
        const std::int64_t image = images[static_cast<std::size_t>(n)];
        batch.names.push_back("image" + std::to_string(image));
        for (std::int64_t c = 0; c < size.channels; ++c)
            for (std::int64_t y = 0; y < size.height; ++y)
                for (std::int64_t x = 0; x < size.width; ++x) {
                    batch.data[static_cast<std::size_t>(n * strides[0] + c * strides[1] + y * strides[2] + x * strides[3])] =
                        value(image, c, y * size.width + x);
                }
    }
    batch.view = {OCTAVO_F32, 4, {rows, size.channels, size.height, size.width}, {}, batch.data.data()};
    std::copy(strides.begin(), strides.end(), batch.view.strides);
    return batch;
}

std::vector<std::uint64_t> words(const octavo_histogram& h) {
    std::vector<std::uint64_t> all(h.positive, h.positive + h.bins);
    all.insert(all.end(), h.negative, h.negative + h.bins);
    std::uint64_t extremes[2];
    std::memcpy(extremes, &h.minimum, 8);
    std::memcpy(extremes + 1, &h.maximum, 8);
    all.insert(all.end(), {static_cast<std::uint64_t>(h.exponent), h.zeros, h.count, extremes[0], extremes[1]});
    return all;
}

// Everything a collector knows of a tensor, bit by bit.
std::vector<std::uint64_t> words(const Collector& collector) {
    std::vector<std::uint64_t> all = words(collector.whole(0).view());
    for (const octavo_histogram& view : collector.channel_views(0)) {
        const std::vector<std::uint64_t> more = words(view);
        all.insert(all.end(), more.begin(), more.end());
    }
    for (const double mean : collector.means(0)) {
        std::uint64_t bits;
        std::memcpy(&bits, &mean, 8);
        all.push_back(bits);
    }
    for (const Collector::Span& span : collector.spans(0)) {
        std::uint32_t bits[2];
        std::memcpy(bits, &span, sizeof bits);
        all.insert(all.end(), {bits[0], bits[1]});
    }
    return all;
}

// As image_view.h has it: tiles of 512 positions, four after the other added in float, and these in double.
double defined_mean(Size size, const std::vector<std::int64_t>& images, std::int64_t channel) {
    const std::int64_t positions = size.height * size.width;
    long double sum = 0;
    for (const std::int64_t image : images)
        for (std::int64_t tile = 0; tile < positions; tile += 512) {
            const std::int64_t end = std::min<std::int64_t>(positions, tile + 512);
            std::int64_t p = tile;
            for (; p + 4 <= end; p += 4)
                sum += static_cast<long double>((value(image, channel, p) + value(image, channel, p + 1)) +
                                                (value(image, channel, p + 2) + value(image, channel, p + 3)));
            for (; p < end; ++p) sum += static_cast<long double>(value(image, channel, p));
        }
    return static_cast<double>(sum / static_cast<long double>(positions * static_cast<std::int64_t>(images.size())));
}

Collector everything(Size size) {
    return Collector({Request{"x", size.channels, true, true, true, true}});
}

void add(Collector& collector, const Batch& batch) {
    const octavo::Result<void> status = collector.add(0, batch.view, batch.names);
    BOOST_REQUIRE_MESSAGE(status, (status ? "" : status.error().message()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(collector)

BOOST_AUTO_TEST_CASE(the_number_of_threads_changes_nothing) {
    for (const Size size : {Size{33, 2, 512}, Size{1, 200, 200}, Size{5, 3, 2}})
        for (const Layout layout : {Layout::nchw, Layout::channels_last, Layout::padded}) {
            Collector expected = everything(size);
            add(expected, batch_of({1, 2, 3}, size, layout));
            for (const std::size_t threads : {2U, 3U, 7U}) {
                Collector shared({Request{"x", size.channels, true, true, true, true}}, threads);
                add(shared, batch_of({1, 2, 3}, size, layout));
                BOOST_TEST((words(shared) == words(expected)), threads << " threads, " << size.channels << " channels");
            }
        }
}

BOOST_AUTO_TEST_CASE(layout_batch_order_and_split_change_nothing) {
    for (const Size size : {Size{3, 5, 7}, Size{20, 24, 25}, Size{16, 1, 1}, Size{1, 9, 9}, Size{33, 2, 512}}) {
        Collector expected = everything(size);
        for (std::int64_t image = 0; image < 6; ++image) add(expected, batch_of({image}, size, Layout::nchw));
        for (const Layout layout : {Layout::nchw, Layout::channels_last, Layout::padded}) {
            Collector first = everything(size), second = everything(size);
            add(first, batch_of({4, 1, 5}, size, layout));
            add(second, batch_of({0}, size, layout));
            add(second, batch_of({3, 2}, size, layout));
            second.merge(first);
            BOOST_TEST((words(second) == words(expected)));
        }
    }
}

BOOST_AUTO_TEST_CASE(means_and_extremes_are_those_of_a_naive_loop) {
    const Size size = {5, 30, 31};
    Collector collector = everything(size);
    add(collector, batch_of({0, 1, 2}, size, Layout::channels_last));
    const std::vector<double> means = collector.means(0);
    for (std::int64_t c = 0; c < size.channels; ++c) {
        long double sum = 0;
        float least = 1e9F, greatest = -1e9F;
        for (std::int64_t image = 0; image < 3; ++image)
            for (std::int64_t p = 0; p < size.height * size.width; ++p) {
                const float x = value(image, c, p);
                sum += static_cast<long double>(x);
                least = std::min(least, x);
                greatest = std::max(greatest, x);
            }
        const std::size_t channel = static_cast<std::size_t>(c);
        BOOST_TEST(means[channel] == static_cast<double>(sum / static_cast<long double>(3 * 30 * 31)), boost::test_tools::tolerance(1e-7));
        BOOST_TEST(means[channel] == defined_mean(size, {0, 1, 2}, c), boost::test_tools::tolerance(1e-11));
        BOOST_TEST(collector.channel_views(0)[channel].minimum == static_cast<double>(least));
        BOOST_TEST(collector.channel_views(0)[channel].maximum == static_cast<double>(greatest));
        BOOST_TEST(collector.channel_views(0)[channel].count == 2790U);
        BOOST_TEST(collector.channel_views(0)[channel].bins == 512);
    }
    BOOST_TEST(collector.whole(0).count() == 13950U);
}

BOOST_AUTO_TEST_CASE(a_matrix_has_one_value_a_channel) {
    std::vector<float> data = {1, 2, 3, 5, 6, 7};
    const octavo_tensor view = {OCTAVO_F32, 2, {2, 3}, {3, 1}, data.data()};
    Collector collector({Request{"x", 3, true, true, true, true}});
    BOOST_REQUIRE(collector.add(0, view, std::vector<std::string>{"a", "b"}));
    BOOST_TEST(collector.means(0) == (std::vector<double>{3, 4, 5}), boost::test_tools::per_element());
    BOOST_TEST(collector.whole(0).count() == 6U);
}

BOOST_AUTO_TEST_CASE(channels_may_lie_along_any_axis) {
    const Size size = {4, 3, 5};
    Collector expected = everything(size);
    Batch batch = batch_of({0, 1}, size, Layout::channels_last);
    add(expected, batch);
    octavo_tensor last = batch.view;  // [N, C, H, W] lies as [N, H, W, C]
    std::rotate(last.shape + 1, last.shape + 2, last.shape + 4);
    std::rotate(last.strides + 1, last.strides + 2, last.strides + 4);
    Collector collector({Request{"x", size.channels, true, true, true, true, 3}});
    BOOST_REQUIRE(collector.add(0, last, batch.names));
    BOOST_TEST((words(collector) == words(expected)));
}

BOOST_AUTO_TEST_CASE(rows_behind_the_images_are_padding) {
    const Size size = {2, 3, 3};
    Batch batch = batch_of({0, 1, 2}, size, Layout::nchw);
    batch.names.resize(2);
    Collector collector = everything(size), expected = everything(size);
    add(collector, batch);
    add(expected, batch_of({0, 1}, size, Layout::nchw));
    BOOST_TEST((words(collector) == words(expected)));
}

// As behind a Reshape to windows, in a batch of three images of which two are there.
BOOST_AUTO_TEST_CASE(all_rows_of_an_image_count) {
    const Size size = {2, 3, 3};
    const Batch rows = batch_of({0, 1, 2, 3, 4, 5}, size, Layout::nchw);
    Collector collector = everything(size), expected = everything(size);
    BOOST_REQUIRE(collector.add(0, rows.view, std::vector<std::string>{"a", "b"}, 3));
    add(expected, batch_of({0, 1, 2, 3}, size, Layout::nchw));
    BOOST_TEST((words(collector) == words(expected)));

    Collector odd = everything(size), all = everything(size);  // no multiple of the batch
    BOOST_REQUIRE(odd.add(0, rows.view, std::vector<std::string>{"a", "b", "c", "d"}, 4));
    add(all, rows);
    BOOST_TEST((words(odd) == words(all)));
}

BOOST_AUTO_TEST_CASE(a_tensor_of_which_only_channels_are_counted_is_told_in_their_bins) {
    const Size size = {5, 7, 9};
    for (const Layout layout : {Layout::nchw, Layout::channels_last}) {
        Collector channels({Request{"x", 5, false, true, false, false}}), both({Request{"x", 5, true, true, false, false}});
        for (Collector* collector : {&channels, &both}) add(*collector, batch_of({0, 1}, size, layout));
        const Histogram told = channels.whole(0), counted = both.whole(0);
        const octavo_histogram coarse = told.view(), fine = counted.view();
        BOOST_TEST(coarse.bins == Histogram::kChannelBins);
        BOOST_TEST(coarse.exponent == fine.exponent);
        BOOST_TEST(coarse.minimum == fine.minimum);
        BOOST_TEST(coarse.maximum == fine.maximum);
        BOOST_TEST(coarse.zeros == fine.zeros);
        BOOST_TEST(coarse.count == fine.count);
        for (std::int32_t k = 0; k < coarse.bins; ++k) {
            const std::int32_t each = fine.bins / coarse.bins;
            BOOST_TEST(coarse.positive[k] == std::accumulate(fine.positive + k * each, fine.positive + (k + 1) * each, std::uint64_t{0}));
            BOOST_TEST(coarse.negative[k] == std::accumulate(fine.negative + k * each, fine.negative + (k + 1) * each, std::uint64_t{0}));
        }
    }
}

BOOST_AUTO_TEST_CASE(only_what_was_asked_for_is_kept) {
    const Size size = {4, 3, 3};
    Collector collector({Request{"x", 4, false, false, true, false}});
    add(collector, batch_of({0}, size, Layout::nchw));
    BOOST_TEST(collector.whole(0).count() == 0U);
    BOOST_TEST(collector.by_channel(0).empty());
    BOOST_TEST(collector.means(0).size() == 4U);
}

BOOST_AUTO_TEST_CASE(means_of_nothing_are_zero) {
    BOOST_TEST(Collector({Request{"x", 2, true, false, true, false}}).means(0) == (std::vector<double>{0, 0}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nan_is_an_error_that_names_tensor_and_image) {
    const Size size = {4, 3, 3};
    for (const Request& request : {Request{"conv1", 4, true, false, false, false}, Request{"conv1", 4, false, true, false, false},
                                   Request{"conv1", 4, false, false, true, false}}) {
        Batch batch = batch_of({6, 7}, size, Layout::channels_last);
        batch.data[4 * 3 * 3 + 10] = std::numeric_limits<float>::quiet_NaN();
        Collector collector({request});
        const octavo::Result<void> status = collector.add(0, batch.view, batch.names);
        BOOST_REQUIRE(!status);
        BOOST_TEST(static_cast<int>(status.error().code()) == static_cast<int>(octavo::Code::data));
        BOOST_TEST(status.error().message().find("'conv1'") != std::string::npos);
        BOOST_TEST(status.error().message().find("'image7'") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_view_that_does_not_fit_the_request_is_refused) {
    const Batch batch = batch_of({0}, {4, 3, 3}, Layout::nchw);
    Collector collector({Request{"x", 5, true, true, false, false}});
    BOOST_TEST(!collector.add(0, batch.view, batch.names));
    Collector fewer({Request{"x", 4, true, true, false, false}});
    BOOST_TEST(!fewer.add(0, batch.view, std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_SUITE_END()
