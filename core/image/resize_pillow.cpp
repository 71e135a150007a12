// The arithmetic is that of Pillow's Resample.c, and of Geometry.c for nearest. Where the order of operations or a truncation looks
// arbitrary, it is Pillow's, and results depend on it.
#include "core/image/resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace octavo {
namespace {

// 32 bits hold an 8-bit pixel, the weight, and two bits to spare for sums of filters with negative lobes.
constexpr int kWeightBits = 32 - 8 - 2;
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

// For one target pixel: the source pixels that it averages. Its weights are the first `count` ones of its row in Filter::weights.
struct Window {
    int first, count;
};

struct Filter {
    int taps = 0;  // weights a target pixel, the unused ones included
    std::vector<Window> windows;
    std::vector<std::int32_t> weights;

    const std::int32_t* weights_of(int target) const {
        return weights.data() + static_cast<std::size_t>(target) * static_cast<std::size_t>(taps);
    }
};

// A weight over the distance from the centre, in source pixels where a picture grows; 0 outside of -reach .. reach.
struct Kernel {
    double reach;
    double (*weight)(double x);
};

double box(double x) {
    return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
}

double triangle(double x) {
    return std::max(0.0, 1.0 - std::abs(x));
}

double sinc(double x) {
    if (x == 0.0) return 1.0;
    x *= std::numbers::pi;
    return std::sin(x) / x;
}

double hamming(double x) {
    x = std::abs(x);
    return x < 1.0 ? sinc(x) * (0.54 + 0.46 * std::cos(x * std::numbers::pi)) : 0.0;
}

// Keys' cubic with a = -0.5.
double cubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * a : 0.0;
}

double lanczos(double x) {
    return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
}

std::int32_t fixed_point(double weight) {
    return static_cast<std::int32_t>((weight < 0.0 ? -0.5 : 0.5) + weight * (1 << kWeightBits));
}

Filter make_filter(const Kernel& kernel, int source_size, int target_size) {
    const double scale = static_cast<double>(source_size) / target_size;
    const double support = kernel.reach * std::max(scale, 1.0);
    const double inverse = 1.0 / std::max(scale, 1.0);
    Filter filter;
    filter.taps = static_cast<int>(std::ceil(support)) * 2 + 1;
    filter.windows.reserve(static_cast<std::size_t>(target_size));
    filter.weights.reserve(static_cast<std::size_t>(target_size) * static_cast<std::size_t>(filter.taps));
    std::vector<double> row(static_cast<std::size_t>(filter.taps));
    for (int target = 0; target < target_size; ++target) {
        const double center = (target + 0.5) * scale;
        const int first = std::max(0, static_cast<int>(center - support + 0.5));
        const int end = std::min(source_size, static_cast<int>(center + support + 0.5));
        double sum = 0.0;
        std::fill(row.begin(), row.end(), 0.0);
        for (int x = first; x < end; ++x) {
            const double weight = kernel.weight((x - center + 0.5) * inverse);
            row[static_cast<std::size_t>(x - first)] = weight;
            sum += weight;
        }
        for (const double weight : row) filter.weights.push_back(fixed_point(weight / sum));
        filter.windows.push_back({first, end - first});
    }
    return filter;
}

std::uint8_t to_pixel(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

// Of the source, only rows first_row .. first_row + rows - 1 are used.
Image resize_rows(const Image& source, const Filter& filter, int width, int first_row, int rows) {
    Image target = blank_image(width, rows);
    for (int y = 0; y < rows; ++y) {
        const std::uint8_t* const source_row = source.row(first_row + y);
        std::uint8_t* out = target.row(y);
        for (int x = 0; x < width; ++x, out += 3) {
            const Window window = filter.windows[static_cast<std::size_t>(x)];
            const std::int32_t* const weights = filter.weights_of(x);
            const std::uint8_t* in = source_row + std::ptrdiff_t{3} * window.first;
            std::int32_t red = kHalf, green = kHalf, blue = kHalf;
            for (int i = 0; i < window.count; ++i, in += 3) {
                red += in[0] * weights[i];
                green += in[1] * weights[i];
                blue += in[2] * weights[i];
            }
            out[0] = to_pixel(red);
            out[1] = to_pixel(green);
            out[2] = to_pixel(blue);
        }
    }
    return target;
}

// `source` starts at row `first_row` of the image that the filter was made for. Whole rows are added up, which the compiler vectorizes.
Image resize_columns(const Image& source, const Filter& filter, int height, int first_row) {
    Image target = blank_image(source.width, height);
    const std::size_t row_bytes = source.row_bytes();
    std::vector<std::int32_t> sums(row_bytes);
    for (int y = 0; y < height; ++y) {
        const Window window = filter.windows[static_cast<std::size_t>(y)];
        const std::int32_t* const weights = filter.weights_of(y);
        std::fill(sums.begin(), sums.end(), kHalf);
        for (int i = 0; i < window.count; ++i) {
            const std::uint8_t* const in = source.row(window.first - first_row + i);
            for (std::size_t x = 0; x < row_bytes; ++x) sums[x] += in[x] * weights[i];
        }
        std::uint8_t* const out = target.row(y);
        for (std::size_t x = 0; x < row_bytes; ++x) out[x] = to_pixel(sums[x]);
    }
    return target;
}

// Pillow's choice, made for speed; as the first pass is rounded, it shows in the result.
bool runs_vertical_first(const Image& image, int width, int height) {
    const int lost_rows = image.height - height, lost_columns = image.width - width;
    return lost_rows > 0 && lost_rows > 2 * lost_columns;
}

Image resize(const Image& image, const Kernel& kernel, int width, int height) {
    assert(image.width > 0 && image.height > 0 && width > 0 && height > 0);
    if (width == image.width && height == image.height) return image;
    const Filter vertical = make_filter(kernel, image.height, height);
    if (width == image.width) return resize_columns(image, vertical, height, 0);
    const Filter horizontal = make_filter(kernel, image.width, width);
    if (height == image.height) return resize_rows(image, horizontal, width, 0, height);
    if (runs_vertical_first(image, width, height)) {
        return resize_rows(resize_columns(image, vertical, height, 0), horizontal, width, 0, height);
    }
    const int first_row = vertical.windows.front().first;
    const int end_row = vertical.windows.back().first + vertical.windows.back().count;
    return resize_columns(resize_rows(image, horizontal, width, first_row, end_row - first_row), vertical, height, first_row);
}

// The source pixel under the centre of each target pixel. The place is added up, as in Pillow, since rounding shows where it hits an edge.
std::vector<int> nearest_of(int source_size, int target_size) {
    const double scale = static_cast<double>(source_size) / target_size;
    std::vector<int> places;
    double place = scale * 0.5;
    for (int target = 0; target < target_size; ++target, place += scale)
        places.push_back(std::min(static_cast<int>(place), source_size - 1));
    return places;
}

}  // namespace

Image resize_pillow_nearest(const Image& image, int width, int height) {
    return pick_pixels(image, nearest_of(image.width, width), nearest_of(image.height, height));
}
Image resize_pillow_box(const Image& image, int width, int height) {
    return resize(image, {0.5, box}, width, height);
}
Image resize_pillow_bilinear(const Image& image, int width, int height) {
    return resize(image, {1.0, triangle}, width, height);
}
Image resize_pillow_hamming(const Image& image, int width, int height) {
    return resize(image, {1.0, hamming}, width, height);
}
Image resize_pillow_bicubic(const Image& image, int width, int height) {
    return resize(image, {2.0, cubic}, width, height);
}
Image resize_pillow_lanczos(const Image& image, int width, int height) {
    return resize(image, {3.0, lanczos}, width, height);
}

}  // namespace octavo
