// Operators that put values elsewhere (Transpose, Split, Slice, Pad, DepthToSpace, SpaceToDepth, Expand, Tile, Gather by constants), in
// codes where both sides have one grid. Where a value comes from is asked of the operator table, which runs on numbers that are their own
// places: whatever it makes of modes and axes is done here too, as long as a place is a sum of one part for each axis. Otherwise the table
// runs.
#include "as_it_lies.h"
#include "turn.h"

#include <octavo/tensor.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <numeric>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kGrain = 8192;                                            // values that repay a task
constexpr std::int64_t kLongestRow = 16384;                                      // values whose places are listed one by one
constexpr std::int64_t kMostValues = 1 << 26;                                    // that the table is asked for
constexpr std::int64_t kOutside = std::numeric_limits<std::int64_t>::min() / 8;  // and so is any sum with it

bool is_outside(std::int64_t place) {
    return place < kOutside / 2;
}

// An axis of the result as it lies: where its values come from, less where that of index 0 in all axes does.
using Places = std::vector<std::int64_t>;

std::int64_t size_of(const Places& axis) {
    return std::ssize(axis);
}

// The distance from each place to the next, if it is always the same.
std::optional<std::int64_t> step_of(const Places& axis) {
    const std::int64_t step = axis.size() > 1 ? axis[1] - axis[0] : 0;
    for (std::size_t i = 0; i < axis.size(); ++i)
        if (is_outside(axis[i]) || axis[i] != axis[0] + static_cast<std::int64_t>(i) * step) return std::nullopt;
    return step;
}

Places joined(const Places& outer, const Places& inner) {
    Places made;
    for (const std::int64_t a : outer)
        for (const std::int64_t b : inner) made.push_back(is_outside(a) || is_outside(b) ? kOutside : a + b);
    return made;
}

bool continues(const Places& outer, const Places& inner) {
    const auto a = step_of(outer), b = step_of(inner);
    return a && b && *a == *b * size_of(inner);
}

// Axes that continue each other become one.
std::vector<Places> without_seams(std::vector<Places> axes) {
    std::vector<Places> made;
    for (Places& axis : axes) {
        if (axis.size() == 1) continue;  // its part is 0
        if (!made.empty() && continues(made.back(), axis))
            made.back() = joined(made.back(), axis);
        else
            made.push_back(std::move(axis));
    }
    if (made.empty()) made.push_back({0});
    return made;
}

struct Run {
    std::int64_t at, from, count;  // from: kOutside, or the place of the first value, which the others follow
};

class PlacesStep : public Step {
public:
    PlacesStep(std::vector<Places> axes, std::int64_t origin, bool codes, float fill, std::uint8_t fill_code)
        : axes_(without_seams(std::move(axes))), origin_(origin), codes_(codes), fill_(fill), fill_code_(fill_code) {
        find_turned();
        while (turned_ == kNone && axes_.size() > 1 && size_of(axes_.back()) < 256 &&
               size_of(axes_.back()) * size_of(axes_[axes_.size() - 2]) <= kLongestRow) {
            axes_[axes_.size() - 2] = joined(axes_[axes_.size() - 2], axes_.back());
            axes_.pop_back();
        }
        if (axes_.size() == 1) axes_.insert(axes_.begin(), Places{0});
        find_runs();
    }

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<std::byte>(reads[0]);
        to_ = addresses.get<std::byte>(writes[0]);
    }
    void run(const RunContext& context) override {
        codes_ ? run_as<std::uint8_t>(context.team, fill_code_) : run_as<float>(context.team, fill_);
    }
    std::size_t constant_bytes() const override {
        std::size_t count = runs_.size() * 3;
        for (const Places& axis : axes_) count += axis.size();
        return count * sizeof(std::int64_t);
    }

private:
    static constexpr std::size_t kNone = SIZE_MAX;
    static constexpr std::int64_t kTile = 16;

    // An axis along which the values lie side by side, where that is not the last one.
    void find_turned() {
        const auto last = step_of(axes_.back());
        if (!last || *last == 1 || size_of(axes_.back()) < kTile / 2) return;
        for (std::size_t axis = 0; axis + 1 < axes_.size(); ++axis)
            if (step_of(axes_[axis]) == 1 && size_of(axes_[axis]) >= kTile / 2) turned_ = axis;
    }

    void find_runs() {
        const Places& row = axes_.back();
        for (std::int64_t i = 0; i < size_of(row); ++i) {
            const std::int64_t place = row[static_cast<std::size_t>(i)];
            const bool goes_on =
                !runs_.empty() && (is_outside(place) ? is_outside(runs_.back().from) : runs_.back().from + runs_.back().count == place);
            if (goes_on)
                ++runs_.back().count;
            else
                runs_.push_back({i, is_outside(place) ? kOutside : place, 1});
        }
        by_runs_ = std::ssize(runs_) * 8 <= size_of(row);
        has_outside_ = std::ranges::any_of(row, is_outside);
        if (!has_outside_ && std::ranges::all_of(runs_, [&](const Run& run) { return run.count == runs_[0].count; })) run_ = runs_[0].count;
    }

    // The sum of the parts of all axes but the last few, and but the one that is turned.
    std::int64_t base_of(std::int64_t row, std::size_t last) const {
        std::int64_t place = origin_;
        for (std::size_t axis = axes_.size() - last; axis-- > 0;) {
            if (axis == turned_) continue;
            const std::int64_t part = axes_[axis][static_cast<std::size_t>(row % size_of(axes_[axis]))];
            place = is_outside(part) || is_outside(place) ? kOutside : place + part;
            row /= size_of(axes_[axis]);
        }
        return place;
    }

    template <class T>
    void run_as(Team& team, T fill) const {
        const T* const from = reinterpret_cast<const T*>(from_);
        T* const to = reinterpret_cast<T*>(to_);
        if (turned_ != kNone) return turn(team, from, to, fill);
        std::int64_t rows = 1;
        for (std::size_t axis = 0; axis + 1 < axes_.size(); ++axis) rows *= size_of(axes_[axis]);
        const Places& second = axes_[axes_.size() - 2];
        const std::int64_t length = size_of(axes_.back()), grain = std::max<std::int64_t>(1, kGrain / length);
        team.share((rows + grain - 1) / grain, [&](std::int64_t task, int) {
            std::int64_t base = kOutside;
            for (std::int64_t row = task * grain; row < std::min(rows, (task + 1) * grain); ++row) {
                const std::int64_t within = row % size_of(second), part = second[static_cast<std::size_t>(within)];
                if (within == 0 || row == task * grain) base = base_of(row / size_of(second), 2);
                if (is_outside(base) || is_outside(part))
                    std::fill_n(to + row * length, length, fill);
                else
                    copy_row(from + base + part, to + row * length, fill);
            }
        });
    }

    template <class T>
    void copy_row(const T* from, T* to, T fill) const {
        const Places& row = axes_.back();
        if (by_runs_ && run_ > 0) {
            with_size(run_ * static_cast<std::int64_t>(sizeof(T)), [&](auto bytes) {
                for (const Run& run : runs_) std::memcpy(to + run.at, from + run.from, bytes);
            });
        } else if (by_runs_) {
            for (const Run& run : runs_)
                if (is_outside(run.from))
                    std::fill_n(to + run.at, run.count, fill);
                else
                    std::memcpy(to + run.at, from + run.from, static_cast<std::size_t>(run.count) * sizeof(T));
        } else if (has_outside_) {
            for (std::size_t i = 0; i < row.size(); ++i) to[i] = is_outside(row[i]) ? fill : from[row[i]];
        } else {
            for (std::size_t i = 0; i < row.size(); ++i) to[i] = from[row[i]];
        }
    }

    // In tiles of the last axis and the one along which values lie side by side.
    template <class T>
    void turn(Team& team, const T* from, T* to, T fill) const {
        std::int64_t inner = 1, outer = 1;  // between the two axes, and in front of them
        for (std::size_t axis = 0; axis + 1 < axes_.size(); ++axis)
            if (axis != turned_) (axis < turned_ ? outer : inner) *= size_of(axes_[axis]);
        const Places& row = axes_.back();
        const std::int64_t length = size_of(row), width = size_of(axes_[turned_]), bands = (width + kTile - 1) / kTile;
        team.share(outer * inner * bands, [&](std::int64_t task, int) {
            const std::int64_t matrix = task / bands, first = task % bands * kTile, last = std::min(width, first + kTile);
            const std::int64_t base = base_of(matrix, 1) + axes_[turned_][0] + row[0] + first, step = row[1] - row[0];
            T* const start = to + ((matrix / inner * width + first) * inner + matrix % inner) * length;
            for (std::int64_t tile = 0; tile < length; tile += kTile) {
                const std::int64_t size = std::min(kTile, length - tile);
                if (!is_outside(base))
                    turn_tile(from + base + tile * step, step, size, last - first, start + tile, inner * length);
                else
                    for (std::int64_t w = 0; w < last - first; ++w) std::fill_n(start + w * inner * length + tile, size, fill);
            }
        });
    }

    std::vector<Places> axes_;
    std::int64_t origin_;
    bool codes_;
    float fill_;
    std::uint8_t fill_code_;
    std::size_t turned_ = kNone;
    std::vector<Run> runs_;
    std::int64_t run_ = 0;  // how long each is, where all are alike
    bool by_runs_ = false, has_outside_ = false;
    const std::byte* from_ = nullptr;
    std::byte* to_ = nullptr;
};

ops::Shape shape_of(const octavo_tensor_info& info) {
    return {info.shape, info.shape + info.rank};
}

// The places of all values of each output, row by row, as the table gives them; -1: nowhere.
Result<std::vector<std::vector<std::int32_t>>> ask_table(const Builder& builder, const ops::NodeView& node) {
    std::vector<std::int32_t> ramp(static_cast<std::size_t>(layout_of(node.input(0)).count()));
    std::iota(ramp.begin(), ramp.end(), 0);
    constexpr std::int32_t kNowhere = -1;
    std::vector<octavo_tensor> inputs = {dense_tensor(OCTAVO_S32, shape_of(node.input(0)), ramp.data())};
    for (std::size_t i = 1; i < node.input_count(); ++i) {
        inputs.emplace_back();
        if (node.has_input(i)) inputs[i] = dense_tensor(node.input(i).type, shape_of(node.input(i)), builder.constant(node.input_id(i)));
    }
    if (node.op() == "Pad") {
        inputs.resize(std::max<std::size_t>(3, inputs.size()));
        inputs[2] = dense_tensor(OCTAVO_S32, ops::Shape{}, &kNowhere);
    }
    std::vector<std::vector<std::int32_t>> found(node.output_count());
    std::vector<octavo_tensor> outputs;
    for (std::size_t i = 0; i < node.output_count(); ++i) {
        found[i].resize(static_cast<std::size_t>(layout_of(node.output(i)).count()));
        outputs.push_back(dense_tensor(OCTAVO_S32, shape_of(node.output(i)), found[i].data()));
    }
    OCTAVO_CHECK_OK(ops::find(node.op())->compute(node, inputs, outputs));
    return found;
}

// The sizes that an axis of the output is made of, where blocks of pixels become channels or the other way round.
std::vector<ops::Shape> factors_of(const ops::NodeView& node, const ops::Shape& shape) {
    std::vector<ops::Shape> factors;
    for (const std::int64_t size : shape) factors.push_back({size});
    const std::int64_t block = node.integer("blocksize", 1);
    if (node.op() == "DepthToSpace") factors[2] = {shape[2] / block, block}, factors[3] = {shape[3] / block, block};
    if (node.op() == "SpaceToDepth") factors[1] = {block, block, shape[1] / block / block};
    return factors;
}

// From a place row by row to one as the values lie.
std::int64_t as_it_lies(std::int64_t place, const Layout& layout, bool in_rows) {
    if (in_rows || layout.pixels == 1 || layout.channels == 1) return place;
    const std::int64_t pixel = place % layout.pixels, channel = place / layout.pixels % layout.channels;
    return (place / layout.pixels / layout.channels * layout.pixels + pixel) * layout.channels + channel;
}

struct Separated {
    std::vector<Places> axes;
    std::int64_t origin = 0;
};

// One part for each axis, if the places are such sums.
std::optional<Separated> separated(const std::vector<std::int32_t>& places, const std::vector<ops::Shape>& factors, const Layout& from,
                                   bool from_rows, bool to_rows) {
    const auto inside = std::ranges::find_if(places, [](std::int32_t place) { return place >= 0; });
    if (inside == places.end()) return std::nullopt;
    const std::int64_t reference = inside - places.begin();
    const auto place_at = [&](std::int64_t i) {
        const std::int32_t place = places[static_cast<std::size_t>(i)];
        return place < 0 ? kOutside : as_it_lies(place, from, from_rows);
    };
    Separated made;
    made.origin = place_at(reference);
    std::vector<std::int64_t> strides;  // of each axis in `places`
    std::vector<std::vector<std::size_t>> groups;
    std::vector<Places> axes;
    std::int64_t stride = 1;
    for (const ops::Shape& group : factors) stride *= std::accumulate(group.begin(), group.end(), std::int64_t{1}, std::multiplies<>());
    for (const ops::Shape& group : factors) {
        groups.emplace_back();
        for (const std::int64_t size : group) {
            stride /= size;
            const std::int64_t start = reference - reference / stride % size * stride;
            Places& axis = axes.emplace_back();
            for (std::int64_t i = 0; i < size; ++i) {
                const std::int64_t place = place_at(start + i * stride);
                axis.push_back(is_outside(place) ? kOutside : place - made.origin);
            }
            strides.push_back(stride);
            groups.back().push_back(axes.size() - 1);
        }
    }
    for (std::int64_t i = 0; i < std::ssize(places); ++i) {
        std::int64_t sum = made.origin;
        for (std::size_t axis = 0; axis < axes.size(); ++axis) {
            const std::int64_t part = axes[axis][static_cast<std::size_t>(i / strides[axis] % size_of(axes[axis]))];
            sum = is_outside(part) || is_outside(sum) ? kOutside : sum + part;
        }
        if (sum != place_at(i)) return std::nullopt;
    }
    for (const std::int64_t axis : axes_as_they_lie(factors.size(), to_rows || factors.size() != 4))
        for (const std::size_t part : groups[static_cast<std::size_t>(axis)]) made.axes.push_back(std::move(axes[part]));
    return made;
}

bool puts_elsewhere(const ops::NodeView& node) {
    constexpr std::string_view kOps[] = {"Transpose", "Split", "Slice", "Pad", "DepthToSpace", "SpaceToDepth", "Expand", "Tile", "Gather"};
    if (std::ranges::find(kOps, node.op()) == std::end(kOps)) return false;
    if (node.input(0).type != OCTAVO_F32 || node.input(0).data || node.activation().kind != ActivationKind::none) return false;
    for (std::size_t i = 1; i < node.input_count(); ++i)
        if (node.has_input(i) && !node.input(i).data) return false;
    for (std::size_t i = 0; i < node.output_count(); ++i)
        if (!node.has_output(i) || byte_count(node.output(i)) == 0 || layout_of(node.output(i)).count() > kMostValues) return false;
    return layout_of(node.input(0)).count() <= kMostValues;
}

// Of a Pad.
float fill_of(const Builder& builder, const ops::NodeView& node) {
    if (node.op() != "Pad") return 0;
    return node.has_input(2) ? *static_cast<const float*>(builder.constant(node.input_id(2))) : node.real("value", 0);
}

}  // namespace

bool lower_places(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (!puts_elsewhere(node)) return false;
    const std::int32_t in = node.input_id(0);
    const bool from_rows = builder.lies_in_rows(in);
    struct Part {
        Separated places;
        bool codes, to_rows;
    };
    std::vector<Part> parts;
    const auto places = ask_table(builder, node);
    if (!places) return false;
    for (std::size_t i = 0; i < node.output_count(); ++i) {
        const octavo_tensor_info& info = node.output(i);
        const std::int32_t out = node.output_id(i);
        const bool codes = builder.precision(index) == OCTAVO_INT8 && builder.equal_codes(in, out);
        const bool turns = node.op() == "Transpose", is_aside = from_rows || node.input(0).rank != 4;
        const bool to_rows = codes && turns ? builder.is_wanted_in_rows(out) || info.rank != 4 : is_aside || turns;
        auto found = separated((*places)[i], factors_of(node, shape_of(info)), layout_of(node.input(0)),
                               from_rows || node.input(0).rank != 4, to_rows);
        if (!found) return false;
        parts.push_back({std::move(*found), codes, to_rows});
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::int32_t out = node.output_id(i);
        const bool codes = parts[i].codes;
        const float fill = fill_of(builder, node);
        const auto grid = codes ? builder.parameters(out, Form::whole) : nullptr;
        auto step = std::make_unique<PlacesStep>(std::move(parts[i].places.axes), parts[i].places.origin, codes, fill,
                                                 grid ? quantize_u8(fill, grid->reciprocal[0], grid->zero_point[0]) : std::uint8_t{0});
        step->reads = {codes ? read_codes_as(builder, in, from_rows) : read_as(builder, in, from_rows)};
        const BufferId to = builder.add_buffer(static_cast<std::size_t>(layout_of(node.output(i)).count()) * (codes ? 1 : 4) + 64);
        step->writes = {to};
        builder.add(std::move(step), node, builder.precision(index), "copy");
        if (codes)
            set_codes_as(builder, out, to, parts[i].to_rows);
        else
            parts[i].to_rows ? builder.finish_from_rows(out, to) : builder.finish_from_real(out, to);
    }
    return true;
}

}  // namespace octavo::onednn
