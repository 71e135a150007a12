// Layers that move, select or repeat values.
#include "core/formats/caffe/rows.h"

#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo::caffe {
namespace {

using Numbers = std::vector<std::int64_t>;

std::int64_t signed_of(std::size_t number) {
    return static_cast<std::int64_t>(number);
}

// Of Concat and Slice: `axis`, in old files `old`.
Result<std::size_t> axis_or(const Importer& in, const char* old) {
    if (in.has("axis") && in.has(old)) return in.refusal(std::string("both axis and ") + old);
    return in.axis(in.has(old) ? old : "axis", 1);
}

Result<void> expect_scale(const Importer& in, const char* key, std::int64_t value) {
    if (value >= 1 && value <= 1 << 16) return {};
    return in.refusal(std::string(key) + " is " + std::to_string(value) + ", expected at least 1");
}

}  // namespace

Result<void> read_concat(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, axis_or(in, "concat_dim"));
    return in.finish("Concat", in.inputs(), {{"axis", signed_of(axis)}});
}

// slice_point says where parts begin, but for the first; without it all are of one size.
Result<void> read_slice(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, axis_or(in, "slice_dim"));
    OCTAVO_TRY(Numbers ends, in.integers("slice_point"));
    const std::int64_t size = in.shape(0)[axis], parts = signed_of(in.layer().tops.size());
    if (ends.empty() && size % parts != 0)
        return in.refusal(std::to_string(size) + " does not part into " + std::to_string(parts) + " of one size");
    for (std::int64_t i = 1; ends.size() + 1 < in.layer().tops.size() && i < parts; ++i) ends.push_back(i * (size / parts));
    ends.push_back(size);
    if (signed_of(ends.size()) != parts)
        return in.refusal(std::to_string(ends.size() - 1) + " slice_points for " + std::to_string(parts) + " tops");
    Numbers lengths;
    std::int64_t begin = 0;
    for (const std::int64_t end : ends) {
        if (end <= begin || end > size) return in.refusal("slice_point " + std::to_string(end) + " behind " + std::to_string(begin));
        lengths.push_back(end - begin);
        begin = end;
    }
    return in.finish("Split", {in.input(0), in.constant("lengths", lengths)}, {{"axis", signed_of(axis)}});
}

Result<void> read_split(Importer& in) {
    return in.finish_each("Identity", {in.input(0)});
}

// Axes that `order` does not list follow in theirs.
Result<void> read_permute(Importer& in) {
    OCTAVO_TRY(Numbers order, in.integers("order"));
    for (std::int64_t axis = 0; axis < signed_of(in.shape(0).size()); ++axis)
        if (std::find(order.begin(), order.end(), axis) == order.end()) order.push_back(axis);
    return in.finish("Transpose", {in.input(0)}, {{"perm", order}});
}

Result<void> read_flatten(Importer& in) {
    OCTAVO_TRY(const std::size_t first, in.axis("axis", 1));
    OCTAVO_TRY(const std::size_t last, in.axis("end_axis", -1));
    const Shape& from = in.shape(0);
    if (last < first) return in.refusal("end_axis " + std::to_string(last) + " before axis " + std::to_string(first));
    if (first == 1 && last + 1 == from.size()) return in.finish("Flatten", {in.input(0)}, {{"axis", std::int64_t{1}}});
    Numbers target(first, 0);
    target.push_back(-1);
    target.insert(target.end(), from.begin() + signed_of(last) + 1, from.end());
    return in.finish("Reshape", {in.input(0), in.constant("shape", target)});
}

// `shape` stands for num_axes dimensions from `axis` on; the others stay. 0 and -1 mean what they mean in ONNX, where a 0 stands at the
// place of the dimension that it keeps.
Result<void> read_reshape(Importer& in) {
    OCTAVO_TRY(const std::size_t first, in.axis("axis", 0, true));
    OCTAVO_TRY(const std::int64_t axes, in.integer("num_axes", -1));
    const Shape& from = in.shape(0);
    const std::int64_t left = signed_of(from.size() - first);
    if (axes < -1 || axes > left) return in.refusal("num_axes is " + std::to_string(axes) + ", its bottom is " + ops::shape_text(from));
    OCTAVO_TRY(const Numbers dims, in.dims("shape"));
    Numbers target(first, 0);
    target.insert(target.end(), dims.begin(), dims.end());
    if (axes != -1) target.insert(target.end(), from.begin() + signed_of(first) + axes, from.end());
    return in.finish("Reshape", {in.input(0), in.constant("shape", target)});
}

// To the second bottom's size from `axis` on.
Result<void> read_crop(Importer& in) {
    OCTAVO_TRY(const std::size_t first, in.axis("axis", 2));
    OCTAVO_TRY(Numbers offsets, in.integers("offset"));
    const Shape &from = in.shape(0), &to = in.shape(1);
    if (from.size() != to.size()) return in.refusal("its bottoms are " + ops::shape_text(from) + " and " + ops::shape_text(to));
    if (offsets.empty()) offsets = {0};
    if (offsets.size() == 1) offsets.resize(from.size() - first, offsets[0]);
    if (offsets.size() != from.size() - first) return in.refusal(std::to_string(offsets.size()) + " offsets");
    Numbers ends, axes;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        const std::size_t axis = first + i;
        if (offsets[i] < 0 || offsets[i] > from[axis] - to[axis])
            return in.refusal("offset " + std::to_string(offsets[i]) + " in " + ops::shape_text(from) + " for " + ops::shape_text(to));
        ends.push_back(offsets[i] + to[axis]);
        axes.push_back(signed_of(axis));
    }
    return in.finish("Slice", {in.input(0), in.constant("starts", offsets), in.constant("ends", ends), in.constant("axes", axes)});
}

Result<void> read_upsample(Importer& in) {
    OCTAVO_CHECK_OK(in.expect_rank(4));
    OCTAVO_TRY(const std::int64_t scale, in.integer("scale", 2));
    OCTAVO_CHECK_OK(expect_scale(in, "scale", scale));
    const auto times = static_cast<float>(scale);
    return in.finish("Resize", {in.input(0), TensorId::none, in.constant("scales", {4}, {1, 1, times, times})},
                     {{"mode", std::string("nearest")},
                      {"coordinate_transformation_mode", std::string("asymmetric")},
                      {"nearest_mode", std::string("floor")}});
}

// Linear between aligned corners. The size is given, or (size - 1) / shrink + 1, then size + (size - 1) * (zoom - 1).
Result<void> read_interp(Importer& in) {
    OCTAVO_CHECK_OK(in.expect_rank(4));
    for (const char* pad : {"pad_beg", "pad_end"}) {
        OCTAVO_TRY(const std::int64_t value, in.integer(pad, 0));
        if (value != 0) return in.refusal(std::string(pad) + " is " + std::to_string(value) + ", expected 0");
    }
    OCTAVO_TRY(const std::int64_t zoom, in.integer("zoom_factor", 1));
    OCTAVO_TRY(const std::int64_t shrink, in.integer("shrink_factor", 1));
    OCTAVO_CHECK_OK(expect_scale(in, "zoom_factor", zoom));
    OCTAVO_CHECK_OK(expect_scale(in, "shrink_factor", shrink));
    Numbers sizes;
    for (const auto& [key, i] : {std::pair("height", 2U), std::pair("width", 3U)}) {
        const std::int64_t shrunk = (in.shape(0)[i] - 1) / shrink + 1;
        OCTAVO_TRY(sizes.emplace_back(), in.integer(key, shrunk + (shrunk - 1) * (zoom - 1)));
    }
    return in.finish(
        "Resize", {in.input(0), TensorId::none, TensorId::none, in.constant("sizes", sizes)},
        {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("align_corners")}, {"axes", Numbers{2, 3}}});
}

// [group][C / group] channels become [C / group][group].
Result<void> read_shuffle(Importer& in) {
    OCTAVO_CHECK_OK(in.expect_rank(4));
    OCTAVO_TRY(const std::int64_t group, in.integer("group", 1));
    const Shape& from = in.shape(0);
    if (group < 1 || from[1] % group != 0)
        return in.refusal("group " + std::to_string(group) + " does not divide " + std::to_string(from[1]) + " channels");
    const Numbers apart = {0, group, from[1] / group, from[2], from[3]}, whole = {0, from[1], from[2], from[3]};
    return in.finish(in.input(0), {{"Reshape", {in.constant("groups", apart)}, {}},
                                   {"Transpose", {}, {{"perm", Numbers{0, 2, 1, 3, 4}}}},
                                   {"Reshape", {in.constant("shape", whole)}, {}}});
}

Result<void> read_tile(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, in.axis("axis", 1));
    OCTAVO_TRY(const std::int64_t tiles, in.integer("tiles", 1));
    OCTAVO_CHECK_OK(expect_scale(in, "tiles", tiles));
    Numbers repeats(in.shape(0).size(), 1);
    repeats[axis] = tiles;
    return in.finish("Tile", {in.input(0), in.constant("repeats", repeats)});
}

}  // namespace octavo::caffe
