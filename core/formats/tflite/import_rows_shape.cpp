// Operators that move, select or count values. Those that take axes leave values in the order in which they are held.
#include "core/formats/tflite/import_rows.h"

#include <algorithm>
#include <limits>

namespace octavo::tflite {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max(), kLeast = std::numeric_limits<std::int64_t>::min();

// ---- Reshape

// Dimensions that become others together: the least runs of equal products. Dimensions of 1 at the end belong to the last.
struct Run {
    Order from, to;
};

std::optional<std::vector<Run>> runs_of(const Shape& from, const Shape& to) {
    std::vector<Run> runs;
    std::size_t i = 0, k = 0;
    while (i < from.size() && k < to.size()) {
        Run run{{i}, {k}};
        std::int64_t a = from[i++], b = to[k++];
        while (a != b) {
            const bool takes = a < b;
            if (takes ? i >= from.size() : k >= to.size()) return std::nullopt;
            if (takes ? __builtin_mul_overflow(a, from[i], &a) : __builtin_mul_overflow(b, to[k], &b)) return std::nullopt;
            takes ? run.from.push_back(i++) : run.to.push_back(k++);
        }
        if (a == 0) return std::nullopt;
        runs.push_back(std::move(run));
    }
    if (runs.empty()) return std::nullopt;
    for (; i < from.size(); runs.back().from.push_back(i++))
        if (from[i] != 1) return std::nullopt;
    for (; k < to.size(); runs.back().to.push_back(k++))
        if (to[k] != 1) return std::nullopt;
    return runs;
}

// The order without dimensions of 1, the batch aside.
Order significant(const Order& order, const Shape& shape) {
    Order left;
    for (const std::size_t axis : order)
        if (axis == 0 || shape[axis] != 1) left.push_back(axis);
    return left;
}

struct Plan {
    Order from;      // in which the input is to be held
    Order to;        // of the output
    Numbers target;  // of Reshape
};

// A run's dimensions must lie in memory one behind the other as in the file; runs may lie in any order.
Plan plan_of(const Order& held, const Shape& from, const Shape& to) {
    const std::optional<std::vector<Run>> runs = runs_of(from, to);
    Plan plan;
    if (!runs) return {file_order(from.size()), file_order(to.size()), to};
    for (const std::size_t axis : held) {
        const auto run = std::find_if(runs->begin(), runs->end(),
                                      [&](const Run& r) { return std::find(r.from.begin(), r.from.end(), axis) != r.from.end(); });
        if (std::find(plan.from.begin(), plan.from.end(), axis) != plan.from.end()) continue;
        plan.from.insert(plan.from.end(), run->from.begin(), run->from.end());
        plan.to.insert(plan.to.end(), run->to.begin(), run->to.end());
    }
    plan.target = permuted(to, plan.to);
    const bool keeps_batch = runs->front().from == Order{0} && runs->front().to == Order{0} && plan.from[0] == 0;
    if (keeps_batch) plan.target[0] = 0;  // copies it
    if (significant(plan.from, from) == significant(held, from)) plan.from = held;
    return plan;
}

// ---- slices

struct Slice {
    Numbers starts, ends, steps;
};

Ids slice_inputs(Importer& in, const Slice& slice) {
    Numbers axes;
    for (std::size_t i = 0; i < slice.starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    const Order& order = in.order(0);
    return {in.as_held(0), in.constant("starts", permuted(slice.starts, order)), in.constant("ends", permuted(slice.ends, order)),
            in.constant("axes", axes), in.constant("steps", permuted(slice.steps, order))};
}

}  // namespace

Held reshaped(Importer& in, std::size_t input, const Shape& to, const char* what) {
    const Plan plan = plan_of(in.order(input), in.shape(input), to);
    const TensorId x = in.in_order(input, plan.from);
    return {in.between(what, "Reshape", {x, in.constant("rows/shape", plan.target)}), plan.to};
}

// The output's shape is the file's: the target may be computed, and the two agree or inference of shapes says so.
Result<void> read_reshape(Importer& in) {
    const Shape& to = in.output().shape;
    Plan plan = plan_of(in.order(0), in.shape(0), to);
    Numbers target = in.list(0);
    if (in.has_input(1) && in.is_constant(1)) {
        OCTAVO_TRY(target, in.integers(1));
    }
    for (std::size_t i = 0; i < plan.to.size(); ++i)
        if (target.size() == to.size() && target[plan.to[i]] == -1) plan.target[i] = -1;
    const TensorId x = in.in_order(0, plan.from);
    in.finish("Reshape", {x, in.constant("shape", plan.target)}, plan.to);
    return {};
}

Result<void> read_squeeze(Importer& in) {
    Numbers axes = in.list(0);
    for (std::size_t axis = 0; in.op().options.numbers<std::int32_t>(0).empty() && axis < in.rank(0); ++axis)
        if (in.shape(0)[axis] == 1) axes.push_back(static_cast<std::int64_t>(axis));
    OCTAVO_TRY(const Numbers places, in.places(in.order(0), axes));
    in.finish("Squeeze", {in.as_held(0), in.constant("axes", places)}, without(in.order(0), places));
    return {};
}

// The new dimension stands before the one that had its place.
Result<void> read_expand_dims(Importer& in) {
    OCTAVO_TRY(std::int64_t axis, in.integer(1));
    const auto rank = static_cast<std::int64_t>(in.rank(0));
    if (axis < 0) axis += rank + 1;
    if (axis < 0 || axis > rank) return in.refusal("axis " + std::to_string(axis) + " of " + std::to_string(rank + 1) + " dimensions");
    const auto added = static_cast<std::size_t>(axis);
    const Order& held = in.order(0);
    const auto before = std::find(held.begin(), held.end(), added);
    const auto place = before - held.begin();
    Order order;
    for (const std::size_t old : held) order.push_back(old + (old >= added ? 1 : 0));
    order.insert(order.begin() + place, added);
    in.finish("Unsqueeze", {in.as_held(0), in.constant("axes", Numbers{place})}, order);
    return {};
}

// No values move: the order changes.
Result<void> read_transpose(Importer& in) {
    OCTAVO_TRY(const Numbers perm, in.integers(1));
    Order to(perm.size(), kNone);  // where each of the input's dimensions goes
    for (std::size_t i = 0; i < perm.size(); ++i) {
        const bool fits = perm.size() == in.rank(0) && perm[i] >= 0 && static_cast<std::size_t>(perm[i]) < perm.size();
        if (!fits || to[static_cast<std::size_t>(perm[i])] != kNone)
            return in.refusal("its second input is no order of the first one's dimensions");
        to[static_cast<std::size_t>(perm[i])] = i;
    }
    if (perm.size() != in.rank(0)) return in.refusal("its second input is no order of the first one's dimensions");
    Order order;
    for (const std::size_t axis : in.order(0)) order.push_back(to[axis]);
    in.keep({in.as_held(0), order});
    return {};
}

Result<void> read_concat(Importer& in) {
    const Order order = in.common_order();
    OCTAVO_TRY(const std::int64_t place, in.place(order, in.number(0)));
    Ids ids;
    for (std::size_t i = 0; i < in.input_count(); ++i) {
        if (!in.has_input(i) || in.rank(i) != order.size()) return in.refusal("its inputs differ in rank");
        ids.push_back(in.in_order(i, order));
    }
    return in.activate("Concat", std::move(ids), order, in.small(1), {{"axis", place}});
}

Result<void> read_pack(Importer& in) {
    const std::int64_t axis = in.number(1);
    const TensorId axes = in.constant("axes", Numbers{axis});
    Ids ids;
    for (std::size_t i = 0; i < in.input_count(); ++i)
        if (in.has_input(i)) ids.push_back(in.between("part", "Unsqueeze", {in.in_file_order(i), axes}));
    in.finish("Concat", std::move(ids), file_order(in.rank(0) + 1), {{"axis", axis}});
    return {};
}

Result<void> read_unpack(Importer& in) {
    OCTAVO_TRY(const std::int64_t place, in.place(in.order(0), in.number(1)));
    const Order order = without(in.order(0), {place});
    const TensorId axes = in.constant("axes", Numbers{place});
    const Ids parts = in.between_all("part", "Split", {in.as_held(0)}, {{"axis", place}});
    for (std::size_t i = 0; i < parts.size(); ++i) in.finish_one(i, "Squeeze", {parts[i], axes}, order);
    return {};
}

// SPLIT: axis, x; SPLIT_V: x, lengths, axis. The lengths are those of the outputs.
Result<void> read_split(Importer& in) {
    const bool has_lengths = in.op().type == "SPLIT_V";
    const std::size_t x = has_lengths ? 0 : 1;
    OCTAVO_TRY(const std::int64_t axis, in.integer(has_lengths ? 2 : 0));
    OCTAVO_TRY(const std::int64_t place, in.place(in.order(x), axis));
    const std::size_t along = in.order(x)[static_cast<std::size_t>(place)];
    Numbers lengths;
    for (std::size_t i = 0; i < in.op().outputs.size(); ++i) {
        if (along >= in.output(i).shape.size()) return in.refusal("its outputs lack the dimension along which it splits");
        lengths.push_back(in.output(i).shape[along]);
    }
    in.finish_all("Split", {in.as_held(x), in.constant("lengths", lengths)}, in.order(x), {{"axis", place}});
    return {};
}

// A size of -1 reaches to the end.
Result<void> read_slice(Importer& in) {
    OCTAVO_TRY(Numbers starts, in.integers(1));
    OCTAVO_TRY(Numbers sizes, in.integers(2));
    if (starts.size() != in.rank(0) || sizes.size() != in.rank(0))
        return in.refusal("begin and size differ in length from its input's rank");
    Slice slice{starts, sizes, Numbers(starts.size(), 1)};
    for (std::size_t i = 0; i < sizes.size(); ++i)
        if (sizes[i] == -1)
            slice.ends[i] = kMost;
        else if (starts[i] < 0 || sizes[i] < 0 || __builtin_add_overflow(starts[i], sizes[i], &slice.ends[i]))
            return in.refusal("begin " + std::to_string(starts[i]) + " and size " + std::to_string(sizes[i]));
    in.finish("Slice", slice_inputs(in, slice), in.order(0));
    return {};
}

// Bit i of a mask is about dimension i: its begin or end does not count, or one place of it is taken and the dimension is gone.
Result<void> read_strided_slice(Importer& in) {
    OCTAVO_TRY(Numbers starts, in.integers(1));
    OCTAVO_TRY(Numbers ends, in.integers(2));
    OCTAVO_TRY(Numbers steps, in.integers(3));
    const std::size_t count = starts.size();
    if (ends.size() != count || steps.size() != count || count > in.rank(0)) return in.refusal("begin, end and strides differ in length");
    if (in.number(2) != 0 || in.number(3) != 0) return in.refusal("an ellipsis or a new dimension, which is not supported");
    if (in.flag(5)) return in.refusal("ends that count from begin, which is not supported");
    const std::int64_t begin_open = in.number(0), end_open = in.number(1), shrinks = in.number(4);
    Slice slice{starts, ends, steps};
    Numbers gone;
    for (std::size_t i = 0; i < count; ++i) {
        const auto is_set = [&](std::int64_t mask) { return (mask >> i & 1) != 0; };
        if (steps[i] == 0) return in.refusal("a stride of 0");
        if (is_set(begin_open)) slice.starts[i] = steps[i] > 0 ? 0 : kMost;
        if (is_set(end_open)) slice.ends[i] = steps[i] > 0 ? kMost : kLeast;
        if (!is_set(shrinks)) continue;
        slice.ends[i] = starts[i] == -1 || starts[i] == kMost ? kMost : starts[i] + 1;
        slice.steps[i] = 1;
        gone.push_back(static_cast<std::int64_t>(i));
    }
    slice.starts.resize(in.rank(0), 0);
    slice.ends.resize(in.rank(0), kMost);
    slice.steps.resize(in.rank(0), 1);
    const Ids ids = slice_inputs(in, slice);
    OCTAVO_TRY(const Numbers places, in.places(in.order(0), gone));
    if (gone.empty())
        in.finish("Slice", ids, in.order(0));
    else
        in.finish("Squeeze", {in.between("slice", "Slice", ids), in.constant("gone", places)}, without(in.order(0), places));
    return {};
}

// Pads stand in the file as [before, behind] for each dimension. A mirror that repeats the edge is its repetition, for a single value.
Result<void> read_pad(Importer& in) {
    OCTAVO_TRY(const Numbers pads, in.integers(1));
    if (pads.size() != 2 * in.rank(0))
        return in.refusal(std::to_string(pads.size()) + " pads for " + std::to_string(in.rank(0)) + " dimensions");
    Numbers before, behind;
    for (const std::size_t axis : in.order(0)) {
        before.push_back(pads[2 * axis]);
        behind.push_back(pads[2 * axis + 1]);
    }
    before.insert(before.end(), behind.begin(), behind.end());
    std::string mode = "constant";
    if (in.op().type == "MIRROR_PAD") {
        mode = in.small(0) == 0 ? "reflect" : "edge";
        if (mode == "edge" && std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad > 1; }))
            return in.refusal("a symmetric mirror of more than one value, which is not supported");
    }
    Ids ids = {in.as_held(0), in.constant("pads", before)};
    if (in.op().type == "PADV2" && in.has_input(2)) ids.push_back(in.scalar(2));
    in.finish("Pad", std::move(ids), in.order(0), {{"mode", mode}});
    return {};
}

// With indices of rank 1 the order stays.
Result<void> read_gather(Importer& in) {
    if (in.number(1) != 0) return in.refusal("batch_dims is " + std::to_string(in.number(1)) + ", expected 0");
    const bool stays = in.rank(1) == 1;
    const Order order = stays ? in.order(0) : file_order(in.rank(0));
    OCTAVO_TRY(const std::int64_t place, in.place(order, in.number(0)));
    const TensorId x = in.in_order(0, order), indices = in.in_file_order(1);
    in.finish("Gather", {x, indices}, stays ? order : file_order(in.rank(0) + in.rank(1) - 1), {{"axis", place}});
    return {};
}

Result<void> read_gather_nd(Importer& in) {
    in.finish("GatherND", {in.in_file_order(0), in.in_file_order(1)}, file_order(in.output().shape.size()));
    return {};
}

// Indices, updates, shape: onto zeros; what is named twice is added up.
Result<void> read_scatter_nd(Importer& in) {
    const Element element = in.tensor(1).element;
    const bool whole = element == Element::int32 || element == Element::int64;
    const TensorId zero = whole ? in.constant("zero", Numbers{0}) : in.constant("zero", 0.0F);
    const TensorId zeros = in.between("zeros", "ConstantOfShape", {in.in_file_order(2), zero});
    in.finish("ScatterND", {zeros, in.in_file_order(0), in.in_file_order(1)}, file_order(in.output().shape.size()),
              {{"reduction", std::string("add")}});
    return {};
}

Result<void> read_tile(Importer& in) {
    OCTAVO_TRY(const Numbers times, in.integers(1));
    if (times.size() != in.rank(0))
        return in.refusal(std::to_string(times.size()) + " multiples for " + std::to_string(in.rank(0)) + " dimensions");
    in.finish("Tile", {in.as_held(0), in.constant("times", permuted(times, in.order(0)))}, in.order(0));
    return {};
}

Result<void> read_broadcast(Importer& in) {
    const Order order = file_order(in.output().shape.size());
    in.finish("Expand", {in.in_file_order(0), in.in_file_order(1)}, order);
    return {};
}

// Of the file's dimensions: the held tensor's, put back.
Result<void> read_shape(Importer& in) {
    Numbers axes;
    for (std::size_t axis = 0; axis < in.rank(0); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
    OCTAVO_TRY(const Numbers places, in.places(in.order(0), axes));
    if (places == axes)
        in.finish("Shape", {in.as_held(0)}, file_order(1));
    else
        in.finish("Gather", {in.between("held", "Shape", {in.as_held(0)}), in.constant("places", places)}, file_order(1),
                  {{"axis", std::int64_t{0}}});
    return {};
}

Result<void> read_arg(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.integer(1));
    OCTAVO_TRY(const std::int64_t place, in.place(in.order(0), axis));
    in.finish(in.op().type == "ARG_MAX" ? "ArgMax" : "ArgMin", {in.as_held(0)}, without(in.order(0), {place}),
              {{"axis", place}, {"keepdims", std::int64_t{0}}});
    return {};
}

// Along the last dimension. Outputs: values, places.
Result<void> read_top_k(Importer& in) {
    OCTAVO_TRY(const std::int64_t k, in.integer(1));
    OCTAVO_TRY(const std::int64_t place, in.place(in.order(0), -1));
    in.finish_all("TopK", {in.as_held(0), in.constant("k", Numbers{k})}, in.order(0), {{"axis", place}});
    return {};
}

}  // namespace octavo::tflite
