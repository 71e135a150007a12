// From a decoded picture to the numbers that enter a network. Takes the steps that a config declares, one list for calibration, evaluation
// and benchmarking alike, and gives planar float32 values (channel, row, column) plus the geometry that leads from a place in the network
// input back to the source picture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "core/image/image.h"
#include "core/image/resize.h"
#include "octavo/result.h"

namespace octavo {

struct Size {
    int width = 0, height = 0;
    bool operator==(const Size&) const = default;
};

// The shorter side becomes `length`, the longer one keeps the aspect ratio: long * length / short, rounded to nearest, ties up.
struct ShorterSide {
    int length = 0;
};
// The aspect ratio is given up.
struct Exact {
    int width = 0, height = 0;
};

struct Resize {
    std::variant<ShorterSide, Exact> to;
    const ResizeMethod* method = &resize_methods().front();
};
// The largest size with the aspect ratio that fits into width x height, sides rounded to nearest, ties up, or down; `fill` (R, G, B) around
// it. In the centre (an odd remainder leaves the extra row or column at the bottom or right) or at the top left.
struct Letterbox {
    enum class Place { centre, top_left };
    enum class Round { nearest, down };
    int width = 0, height = 0;
    std::array<std::uint8_t, 3> fill{114, 114, 114};
    Place place = Place::centre;
    Round round = Round::nearest;
    const ResizeMethod* method = &resize_methods().front();
};
// From the centre; an odd remainder leaves the extra pixel at the right and at the bottom.
struct Crop {
    int width = 0, height = 0;
};

enum class ChannelOrder { rgb, bgr };

// x = (pixel - mean[c]) * scale[c] in float32, pixel from 0 to 255; c counts the channels after they were put in `order`. Without this
// step the pixels are passed on as they are, in RGB order. A network of one channel gets the luma (299 R + 587 G + 114 B) / 1000 of the
// resized picture and index 0 of both arrays.
struct Normalize {
    std::array<float, 3> mean{0.0F, 0.0F, 0.0F};
    std::array<float, 3> scale{1.0F, 1.0F, 1.0F};
    ChannelOrder order = ChannelOrder::rgb;
};

using Step = std::variant<Resize, Letterbox, Crop, Normalize>;

struct Preprocess {
    std::vector<Step> steps;
};

// What one picture of the batch looks like to the network; channels is 1 or 3, and they are planes, or lie together pixel by pixel.
struct InputShape {
    int channels = 3, height = 0, width = 0;
    bool is_channels_last = false;
    bool is_bytes = false;  // it takes pixels, 8 bits a value, instead of floats
};

// A place in the network input is scale * (place in the source picture) - offset, in pixels, (0, 0) being the top left corner. A border
// that was added at the left or at the top is a negative offset.
struct Geometry {
    double scale_x = 1.0, scale_y = 1.0;
    double offset_x = 0.0, offset_y = 0.0;
    int source_width = 0, source_height = 0;

    double source_x(double x) const { return (x + offset_x) / scale_x; }
    double source_y(double y) const { return (y + offset_y) / scale_y; }
};

// Code::config if a size is out of range, a number is not finite, or a step follows the normalize step.
Result<void> check_preprocess(const Preprocess& pipeline);

// The size of every picture after the steps, or nothing if it depends on the picture. The pipeline has passed check_preprocess().
std::optional<Size> output_size(const Preprocess& pipeline);

// What a network sees of a picture, as 8-bit pixels: a quarter of the memory of its values.
struct Framed {
    Image image;
    Geometry geometry;
};

// Whether normalize changes a pixel's value.
bool changes_values(const Preprocess& pipeline);

// All steps but the last one, normalize. A picture that is smaller than a crop, or whose size after the steps is not that of the shape, is
// a Code::data error that starts with `name`; values that change where the input takes bytes, Code::config.
Result<Framed> frame(const Preprocess& pipeline, Image image, InputShape shape, std::string_view name);

// The last step. `row` holds channels * height * width values, floats or bytes as the shape says; the image has that height and width.
void write_row(const Preprocess& pipeline, const Image& image, std::span<std::byte> row, InputShape shape);

// Both.
Result<Geometry> preprocess(const Preprocess& pipeline, Image image, std::span<std::byte> row, InputShape shape, std::string_view name);

}  // namespace octavo
