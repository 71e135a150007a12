// GridSample: images (N, C, H, W) looked at where a grid (N, H', W', 2) says, in x and y from -1 to 1: bilinear (linear), nearest or
// bicubic (cubic). Places outside are zeros, the border, or mirrored; with align_corners -1 and 1 are the middles of the outermost pixels,
// else their outer edges.
#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"align_corners", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"mode", OCTAVO_ATTRIBUTE_STRING, "linear"},
                                        {"padding_mode", OCTAVO_ATTRIBUTE_STRING, "zeros"}};

enum class Mode { linear, nearest, cubic };
enum class Padding { zeros, border, reflection };

struct Sampling {
    Mode mode;
    Padding padding;
    bool aligned;
};

Result<Sampling> sampling_of(const NodeView& node) {
    const std::string_view mode = node.text("mode", "linear"), padding = node.text("padding_mode", "zeros");
    Sampling found{Mode::linear, Padding::zeros, node.integer("align_corners", 0) != 0};
    if (mode == "nearest")
        found.mode = Mode::nearest;
    else if (mode == "cubic" || mode == "bicubic")
        found.mode = Mode::cubic;
    else if (mode != "linear" && mode != "bilinear")
        return refusal(node, "mode '" + std::string(mode) + "', expected linear, nearest or cubic");
    if (padding == "border")
        found.padding = Padding::border;
    else if (padding == "reflection")
        found.padding = Padding::reflection;
    else if (padding != "zeros")
        return refusal(node, "padding_mode '" + std::string(padding) + "', expected zeros, border or reflection");
    return found;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_CHECK_OK(sampling_of(node));
    const Shape x = node.input_shape(0), grid = node.input_shape(1);
    if (x.size() != 4 || grid.size() != 4 || grid[0] != x[0] || grid[3] != 2)
        return refusal(node, "images " + shape_text(x) + " and grid " + shape_text(grid) + " do not fit, expected NxCxHxW and Nx..x..x2");
    if (x[2] < 1 || x[3] < 1) return refusal(node, "images " + shape_text(x) + " have no pixels");
    return one_output(OCTAVO_F32, {x[0], x[1], grid[1], grid[2]});
}

// What counts along one axis: positions, -1 for what is zero, and their weights.
struct Taps {
    std::array<std::int64_t, 4> at{};
    std::array<double, 4> weight{};
    std::size_t count = 0;
};

double mirrored(double x, double low, double high) {
    const double range = high - low;
    if (range <= 0) return low;
    const double distance = x < low ? low - x : x - high;
    if (x >= low && x <= high) return x;
    const double times = std::floor(distance / range), rest = distance - times * range;
    const bool from_near = (static_cast<std::int64_t>(times) % 2 == 0) == (x < low);
    return from_near ? low + rest : high - rest;
}

class Axis {
public:
    Axis(std::int64_t size, const Sampling& how)
        : size_(size), how_(how), low_(how.aligned ? 0 : -0.5), high_(static_cast<double>(size) - (how.aligned ? 1 : 0.5)) {}

    Taps look(float normal) const {
        constexpr double kFar = 1e9;  // what is farther, or no number, is as far
        const auto size = static_cast<double>(size_);
        double x = how_.aligned ? (static_cast<double>(normal) + 1) / 2 * (size - 1) : ((static_cast<double>(normal) + 1) * size - 1) / 2;
        x = std::isnan(x) ? -kFar : std::clamp(x, -kFar, kFar);
        if (how_.mode == Mode::nearest) x = std::nearbyint(x);
        const bool at_once = how_.mode != Mode::cubic;  // else each of its taps for itself
        if (at_once && how_.padding == Padding::border && (x < low_ || x > high_)) x = std::clamp(x, 0.0, size - 1);
        if (at_once && how_.padding == Padding::reflection) x = mirrored(x, low_, high_);
        if (how_.mode == Mode::nearest) return taps(x, {1});
        const double whole = std::floor(x), t = x - whole;
        if (how_.mode == Mode::linear) return taps(whole, {1 - t, t});
        return taps(whole - 1, {outer(t + 1), inner(t), inner(1 - t), outer(2 - t)});
    }

private:
    static constexpr double kBend = -0.75;
    static double inner(double t) { return ((kBend + 2) * t - (kBend + 3)) * t * t + 1; }
    static double outer(double t) { return ((kBend * t - 5 * kBend) * t + 8 * kBend) * t - 4 * kBend; }

    Taps taps(double first, std::initializer_list<double> weights) const {
        Taps made;
        for (const double weight : weights) {
            made.at[made.count] = place(first + static_cast<double>(made.count));
            made.weight[made.count++] = weight;
        }
        return made;
    }

    std::int64_t place(double x) const {
        if (how_.padding == Padding::reflection) x = mirrored(x, low_, high_);
        const auto at = static_cast<std::int64_t>(x);
        if (how_.padding == Padding::zeros) return at >= 0 && at < size_ && x >= 0 ? at : -1;
        return std::clamp<std::int64_t>(at, 0, size_ - 1);
    }

    std::int64_t size_;
    Sampling how_;
    double low_, high_;
};

// One point of all channels of an image; `step` apart in the output.
void sample(const Taps& rows, const Taps& columns, std::int64_t width, std::int64_t plane, std::int64_t channels, const float* x, float* y,
            std::int64_t step) {
    std::array<std::pair<std::int64_t, double>, 16> parts;
    std::size_t count = 0;
    for (std::size_t r = 0; r < rows.count; ++r)
        for (std::size_t c = 0; c < columns.count; ++c)
            if (rows.at[r] >= 0 && columns.at[c] >= 0)
                parts[count++] = {rows.at[r] * width + columns.at[c], rows.weight[r] * columns.weight[c]};
    for (std::int64_t channel = 0; channel < channels; ++channel, x += plane, y += step) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(x[parts[i].first]) * parts[i].second;
        *y = static_cast<float>(sum);
    }
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Sampling how, sampling_of(node));
    const std::int64_t images = inputs[0].shape[0], channels = inputs[0].shape[1], width = inputs[0].shape[3];
    const std::int64_t plane = inputs[0].shape[2] * width, points = outputs[0].shape[2] * outputs[0].shape[3];
    const Axis across(width, how), down(inputs[0].shape[2], how);
    const float* grid = static_cast<const float*>(inputs[1].data);
    for (std::int64_t image = 0; image < images; ++image) {
        const float* x = static_cast<const float*>(inputs[0].data) + image * channels * plane;
        float* y = static_cast<float*>(outputs[0].data) + image * channels * points;
        for (std::int64_t point = 0; point < points; ++point, grid += 2)
            sample(down.look(grid[1]), across.look(grid[0]), width, plane, channels, x, y + point, points);
    }
    return {};
}

}  // namespace

extern const Row grid_sample_row;
const Row grid_sample_row = {"GridSample", 2, 2, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
