// Runs the steps in order on 8-bit pixels; only the last one leaves them for float32.
#include "core/image/preprocess.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <string>

#include "core/image/decode.h"

namespace octavo {
namespace {

std::string text_of(Size size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
}

Size size_of(const Image& image) {
    return {image.width, image.height};
}

// Rounded to nearest, ties up. No overflow: all three are at most kMaxImagePixels, and two of them at most kMaxImageSide.
std::int64_t scaled_side(int side, int numerator, int denominator) {
    return (std::int64_t{2} * side * numerator + denominator) / (std::int64_t{2} * denominator);
}

// As 64-bit numbers, because a strip of a picture can ask for more than an int holds.
struct WideSize {
    std::int64_t width, height;
};

bool fits(WideSize size) {
    return size.width * size.height <= kMaxImagePixels;
}

WideSize resized(Size from, const Resize& step) {
    if (const auto* exact = std::get_if<Exact>(&step.to)) return {exact->width, exact->height};
    const int length = std::get<ShorterSide>(step.to).length;
    if (from.width <= from.height) return {length, scaled_side(from.height, length, from.width)};
    return {scaled_side(from.width, length, from.height), length};
}

Error too_large(std::string_view name, Size from, WideSize to) {
    return Error(Code::data, std::string(name) + ": " + text_of(from) + " pixels would be resized to " + std::to_string(to.width) + "x" +
                                 std::to_string(to.height) + ", at most " + std::to_string(kMaxImagePixels) + " pixels are possible");
}

// To a size that fits.
void resize(Framed& work, WideSize to, const ResizeMethod& method) {
    const Size from = size_of(work.image);
    const int width = static_cast<int>(to.width), height = static_cast<int>(to.height);
    const double factor_x = static_cast<double>(width) / from.width, factor_y = static_cast<double>(height) / from.height;
    work.geometry.scale_x *= factor_x;
    work.geometry.scale_y *= factor_y;
    work.geometry.offset_x *= factor_x;
    work.geometry.offset_y *= factor_y;
    if (Size{width, height} != from) work.image = method.resize(work.image, width, height);
}

Result<void> apply(const Resize& step, Framed& work, std::string_view name) {
    const Size from = size_of(work.image);
    const WideSize to = resized(from, step);
    if (!fits(to)) return too_large(name, from, to);
    resize(work, to, *step.method);
    return {};
}

// The side that is relatively longer fills the box.
WideSize inside(Size from, const Letterbox& box) {
    const auto scaled = [&](int side, int numerator, int denominator) {
        const bool is_down = box.round == Letterbox::Round::down;
        return std::max<std::int64_t>(1,
                                      is_down ? std::int64_t{side} * numerator / denominator : scaled_side(side, numerator, denominator));
    };
    const bool is_wide = std::int64_t{from.width} * box.height >= std::int64_t{from.height} * box.width;
    if (is_wide) return {box.width, scaled(from.height, box.width, from.width)};
    return {scaled(from.width, box.height, from.height), box.height};
}

Result<void> apply(const Letterbox& step, Framed& work, std::string_view) {
    resize(work, inside(size_of(work.image), step), *step.method);
    const Image& source = work.image;
    const bool is_central = step.place == Letterbox::Place::centre;
    const int left = is_central ? (step.width - source.width) / 2 : 0, top = is_central ? (step.height - source.height) / 2 : 0;
    work.geometry.offset_x -= left;
    work.geometry.offset_y -= top;
    Image target = blank_image(step.width, step.height);
    for (std::size_t i = 0; i < target.rgb.size(); i += 3) std::copy(step.fill.begin(), step.fill.end(), &target.rgb[i]);
    for (int y = 0; y < source.height; ++y) std::memcpy(target.row(top + y) + std::ptrdiff_t{3} * left, source.row(y), source.row_bytes());
    work.image = std::move(target);
    return {};
}

Result<void> apply(const Crop& step, Framed& work, std::string_view name) {
    const Image& source = work.image;
    if (source.width < step.width || source.height < step.height) {
        return Error(Code::data, std::string(name) + ": " + text_of(size_of(source)) + " pixels are smaller than the crop of " +
                                     text_of({step.width, step.height}) + ", resize before the crop or make it smaller");
    }
    const int left = (source.width - step.width) / 2, top = (source.height - step.height) / 2;
    work.geometry.offset_x += left;
    work.geometry.offset_y += top;
    Image target = blank_image(step.width, step.height);
    for (int y = 0; y < step.height; ++y) {
        std::memcpy(target.row(y), source.row(top + y) + std::ptrdiff_t{3} * left, target.row_bytes());
    }
    work.image = std::move(target);
    return {};
}

Result<void> apply(const Normalize&, Framed&, std::string_view) {
    return {};
}

// The step that write_row() uses: the one in the list, or one that changes nothing.
Normalize normalize_of(const Preprocess& pipeline) {
    if (pipeline.steps.empty()) return {};
    const auto* last = std::get_if<Normalize>(&pipeline.steps.back());
    return last != nullptr ? *last : Normalize{};
}

template <class T>
void write_colour(const Image& image, const Normalize& step, bool is_channels_last, std::span<T> values) {
    const std::size_t pixels = image.rgb.size() / 3, plane = is_channels_last ? 1 : pixels, next = is_channels_last ? 3 : 1;
    for (std::size_t c = 0; c < 3; ++c) {
        const float mean = step.mean[c], scale = step.scale[c];
        const std::uint8_t* const in = image.rgb.data() + (step.order == ChannelOrder::rgb ? c : 2 - c);
        T* const out = values.data() + c * plane;
        for (std::size_t i = 0; i < pixels; ++i) out[next * i] = static_cast<T>((static_cast<float>(in[3 * i]) - mean) * scale);
    }
}

// ITU-R 601 luma in 16-bit fixed point, rounded, as in Pillow's convert("L"). The weights sum to 65536: equal channels keep their value.
template <class T>
void write_luma(const Image& image, const Normalize& step, std::span<T> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint8_t* const in = image.rgb.data() + 3 * i;
        const unsigned luma = (in[0] * 19595U + in[1] * 38470U + in[2] * 7471U + 32768U) >> 16;
        values[i] = static_cast<T>((static_cast<float>(luma) - step.mean[0]) * step.scale[0]);
    }
}

template <class T>
void write(const Preprocess& pipeline, const Image& image, std::span<T> values, InputShape shape) {
    assert(shape.channels == 1 || shape.channels == 3);
    assert(values.size() == image.rgb.size() / 3 * static_cast<std::size_t>(shape.channels));
    const Normalize normalize = normalize_of(pipeline);
    if (shape.channels == 1) write_luma(image, normalize, values);
    if (shape.channels == 3) write_colour(image, normalize, shape.is_channels_last, values);
}

bool in_range(int side) {
    return side >= 1 && side <= kMaxImageSide;
}

bool finite(const std::array<float, 3>& values) {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

std::string range() {
    return "sides must be from 1 to " + std::to_string(kMaxImageSide);
}

Result<void> check(const Resize& step) {
    if (const auto* exact = std::get_if<Exact>(&step.to)) {
        if (in_range(exact->width) && in_range(exact->height)) return {};
        return Error(Code::config, "resize to " + text_of({exact->width, exact->height}) + ", " + range());
    }
    const int length = std::get<ShorterSide>(step.to).length;
    if (in_range(length)) return {};
    return Error(Code::config, "resize of the shorter side to " + std::to_string(length) + ", " + range());
}

Result<void> check(const Letterbox& step) {
    if (in_range(step.width) && in_range(step.height) && fits({step.width, step.height})) return {};
    return Error(Code::config, "letterbox of " + text_of({step.width, step.height}) + ", " + range());
}

Result<void> check(const Crop& step) {
    if (in_range(step.width) && in_range(step.height)) return {};
    return Error(Code::config, "crop to " + text_of({step.width, step.height}) + ", " + range());
}

Result<void> check(const Normalize& step) {
    if (finite(step.mean) && finite(step.scale)) return {};
    return Error(Code::config, "mean and scale of normalize must be finite numbers");
}

}  // namespace

Result<void> check_preprocess(const Preprocess& pipeline) {
    for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
        const std::string place = "preprocess step " + std::to_string(i + 1);
        const auto checked = std::visit([](const auto& step) { return check(step); }, pipeline.steps[i]);
        if (!checked) return checked.error().within(place);
        if (i > 0 && std::holds_alternative<Normalize>(pipeline.steps[i - 1])) {
            return Error(Code::config, "follows a normalize step, which must be the last one").within(place);
        }
    }
    return {};
}

std::optional<Size> output_size(const Preprocess& pipeline) {
    std::optional<Size> size;
    for (const Step& step : pipeline.steps) {
        if (const auto* crop = std::get_if<Crop>(&step)) size = Size{crop->width, crop->height};
        if (const auto* box = std::get_if<Letterbox>(&step)) size = Size{box->width, box->height};
        const auto* resize = std::get_if<Resize>(&step);
        if (resize == nullptr || (!size && std::holds_alternative<ShorterSide>(resize->to))) continue;
        const WideSize to = resized(size.value_or(Size{}), *resize);
        if (!fits(to)) return std::nullopt;
        size = Size{static_cast<int>(to.width), static_cast<int>(to.height)};
    }
    return size;
}

bool changes_values(const Preprocess& pipeline) {
    const Normalize normalize = normalize_of(pipeline);
    return normalize.mean != Normalize().mean || normalize.scale != Normalize().scale;
}

Result<Framed> frame(const Preprocess& pipeline, Image image, InputShape shape, std::string_view name) {
    OCTAVO_CHECK_OK(check_preprocess(pipeline));
    if (shape.is_bytes && changes_values(pipeline))
        return Error(Code::config,
                     "preprocess: mean and scale of normalize, where the network input takes pixels as bytes (u8); expected none");
    Framed work{std::move(image), {}};
    work.geometry.source_width = work.image.width;
    work.geometry.source_height = work.image.height;
    for (const Step& step : pipeline.steps) {
        OCTAVO_CHECK_OK(std::visit([&](const auto& which) { return apply(which, work, name); }, step));
    }
    const Size size = size_of(work.image), wanted{shape.width, shape.height};
    if (size == wanted) return work;
    return Error(Code::data, std::string(name) + ": " + text_of(size) + " pixels after preprocessing, the network input has " +
                                 text_of(wanted) + ", end with a crop, a letterbox or an exact resize to that");
}

void write_row(const Preprocess& pipeline, const Image& image, std::span<std::byte> row, InputShape shape) {
    if (shape.is_bytes)
        write(pipeline, image, std::span(reinterpret_cast<std::uint8_t*>(row.data()), row.size()), shape);
    else
        write(pipeline, image, std::span(reinterpret_cast<float*>(row.data()), row.size() / sizeof(float)), shape);
}

Result<Geometry> preprocess(const Preprocess& pipeline, Image image, std::span<std::byte> row, InputShape shape, std::string_view name) {
    OCTAVO_TRY(const Framed framed, frame(pipeline, std::move(image), shape, name));
    write_row(pipeline, framed.image, row, shape);
    return framed.geometry;
}

}  // namespace octavo
