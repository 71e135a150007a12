// The arithmetic is that of OpenCV's resize.cpp for 8-bit pictures. Sums run row by row: of the source only the rows that one target row
// reads are held horizontally resized.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/image/resize.h"

namespace octavo {
namespace {

constexpr int kWeightBits = 11;

// Along one axis: what a target pixel reads. `Taps` neighbours from `first` on, clamped at the borders of the picture.
template <std::size_t Taps>
struct Reads {
    int first;
    std::array<int, Taps> weights;
};
template <std::size_t Taps>
using Axis = std::vector<Reads<Taps>>;

int fixed_point(float weight) {
    return static_cast<int>(std::lrint(weight * (1 << kWeightBits)));
}

// Where the centre of a target pixel lies in the source: whole pixels and the rest.
struct Place {
    int whole;
    float rest;
};

Place centre_of(int target, double scale) {
    const float place = static_cast<float>((target + 0.5) * scale - 0.5);
    const float whole = std::floor(place);
    return {static_cast<int>(whole), place - whole};
}

// What `area` means where a picture grows: blends only where a target pixel crosses the border of two source pixels.
Place crossing_of(int target, double scale) {
    const int whole = static_cast<int>(std::floor(target * scale));
    const float beyond = static_cast<float>(target + 1 - (whole + 1) / scale);
    return {whole, beyond <= 0 ? 0.0F : beyond - std::floor(beyond)};
}

Reads<2> linear(Place place) {
    return {place.whole, {fixed_point(1.0F - place.rest), fixed_point(place.rest)}};
}

// Keys' cubic with a = -0.75.
Reads<4> cubic(Place place) {
    constexpr float a = -0.75F;
    const auto near = [](float x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
    const auto far = [](float x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
    const float x = place.rest;
    const float before = far(x + 1), here = near(x), after = near(1 - x);
    return {place.whole - 1, {fixed_point(before), fixed_point(here), fixed_point(after), fixed_point(1.0F - before - here - after)}};
}

template <std::size_t Taps>
Axis<Taps> make_axis(int source_size, int target_size, Place (*place)(int, double), Reads<Taps> (*reads)(Place)) {
    const double scale = 1.0 / (static_cast<double>(target_size) / source_size);
    Axis<Taps> axis;
    for (int target = 0; target < target_size; ++target) axis.push_back(reads(place(target, scale)));
    return axis;
}

// The sum of one target row, divided by both weights. Two taps keep OpenCV's truncations, made for 16-bit products.
std::uint8_t to_pixel(const std::array<const int*, 2>& rows, const std::array<int, 2>& weights, std::size_t i) {
    const int sum = ((weights[0] * (rows[0][i] >> 4)) >> 16) + ((weights[1] * (rows[1][i] >> 4)) >> 16);
    return static_cast<std::uint8_t>(std::clamp((sum + 2) >> 2, 0, 255));
}
std::uint8_t to_pixel(const std::array<const int*, 4>& rows, const std::array<int, 4>& weights, std::size_t i) {
    std::int64_t sum = 1 << (2 * kWeightBits - 1);
    for (std::size_t k = 0; k < 4; ++k) sum += std::int64_t{rows[k][i]} * weights[k];
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> (2 * kWeightBits), 0, 255));
}

template <std::size_t Taps>
void resize_row(const std::uint8_t* in, int source_width, const Axis<Taps>& axis, int* out) {
    for (const Reads<Taps>& reads : axis) {
        std::array<int, 3> sums{};
        for (std::size_t k = 0; k < Taps; ++k) {
            const std::uint8_t* const pixel = in + std::ptrdiff_t{3} * std::clamp(reads.first + static_cast<int>(k), 0, source_width - 1);
            for (std::size_t c = 0; c < 3; ++c) sums[c] += pixel[c] * reads.weights[k];
        }
        out = std::copy(sums.begin(), sums.end(), out);
    }
}

template <std::size_t Taps>
Image resize(const Image& image, const Axis<Taps>& columns, const Axis<Taps>& rows) {
    Image target = blank_image(static_cast<int>(columns.size()), static_cast<int>(rows.size()));
    const std::size_t row_values = target.row_bytes();
    struct Row {
        int number = -1;
        std::vector<int> values;
    };
    std::array<Row, Taps> held;  // source row y lies in held[y % Taps]
    for (int y = 0; y < target.height; ++y) {
        const Reads<Taps>& reads = rows[static_cast<std::size_t>(y)];
        std::array<const int*, Taps> values;
        for (std::size_t k = 0; k < Taps; ++k) {
            const int number = std::clamp(reads.first + static_cast<int>(k), 0, image.height - 1);
            Row& row = held[static_cast<std::size_t>(number) % Taps];
            if (row.number != number) {
                row.values.resize(row_values);
                resize_row(image.row(number), image.width, columns, row.values.data());
                row.number = number;
            }
            values[k] = row.values.data();
        }
        std::uint8_t* const out = target.row(y);
        for (std::size_t i = 0; i < row_values; ++i) out[i] = to_pixel(values, reads.weights, i);
    }
    return target;
}

std::vector<int> nearest_of(int source_size, int target_size) {
    const double scale = 1.0 / (static_cast<double>(target_size) / source_size);
    std::vector<int> places;
    for (int target = 0; target < target_size; ++target)
        places.push_back(std::min(static_cast<int>(std::floor(target * scale)), source_size - 1));
    return places;
}

// The share of source pixels from `first` on in one target pixel, for pictures that shrink.
struct Cover {
    int first;
    std::vector<float> shares;
};

std::vector<Cover> covers_of(int source_size, int target_size) {
    const double scale = static_cast<double>(source_size) / target_size;
    std::vector<Cover> covers;
    for (int target = 0; target < target_size; ++target) {
        const double begin = target * scale, end = std::min(begin + scale, static_cast<double>(source_size));
        Cover cover{static_cast<int>(begin), {}};
        for (int x = cover.first; x < end; ++x)
            cover.shares.push_back(static_cast<float>((std::min(end, x + 1.0) - std::max(begin, static_cast<double>(x))) / (end - begin)));
        covers.push_back(std::move(cover));
    }
    return covers;
}

Image average(const Image& image, const std::vector<Cover>& columns, const std::vector<Cover>& rows) {
    Image target = blank_image(static_cast<int>(columns.size()), static_cast<int>(rows.size()));
    std::vector<float> sums(target.row_bytes());
    for (int y = 0; y < target.height; ++y) {
        const Cover& down = rows[static_cast<std::size_t>(y)];
        std::fill(sums.begin(), sums.end(), 0.0F);
        for (std::size_t j = 0; j < down.shares.size(); ++j) {
            const std::uint8_t* const in = image.row(down.first + static_cast<int>(j));
            for (std::size_t x = 0; x < columns.size(); ++x) {
                const Cover& across = columns[x];
                std::array<float, 3> row{};
                for (std::size_t i = 0; i < across.shares.size(); ++i)
                    for (std::size_t c = 0; c < 3; ++c)
                        row[c] += across.shares[i] * static_cast<float>(in[3 * (static_cast<std::size_t>(across.first) + i) + c]);
                for (std::size_t c = 0; c < 3; ++c) sums[3 * x + c] += down.shares[j] * row[c];
            }
        }
        std::uint8_t* const out = target.row(y);
        for (std::size_t i = 0; i < sums.size(); ++i) out[i] = static_cast<std::uint8_t>(std::clamp(std::lrint(sums[i]), 0L, 255L));
    }
    return target;
}

}  // namespace

Image resize_opencv_nearest(const Image& image, int width, int height) {
    return pick_pixels(image, nearest_of(image.width, width), nearest_of(image.height, height));
}
Image resize_opencv_bilinear(const Image& image, int width, int height) {
    if (width == image.width && height == image.height) return image;
    return resize(image, make_axis(image.width, width, centre_of, linear), make_axis(image.height, height, centre_of, linear));
}
Image resize_opencv_bicubic(const Image& image, int width, int height) {
    if (width == image.width && height == image.height) return image;
    return resize(image, make_axis(image.width, width, centre_of, cubic), make_axis(image.height, height, centre_of, cubic));
}
Image resize_opencv_area(const Image& image, int width, int height) {
    if (width > image.width || height > image.height)
        return resize(image, make_axis(image.width, width, crossing_of, linear), make_axis(image.height, height, crossing_of, linear));
    return average(image, covers_of(image.width, width), covers_of(image.height, height));
}

}  // namespace octavo
