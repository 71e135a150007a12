// See import.h.
#include "core/formats/tflite/import.h"

#include "core/base/text.h"
#include "core/graph/unique_name.h"

#include <algorithm>
#include <cmath>

namespace octavo::tflite {
namespace {

std::size_t bytes_of(octavo_type type) {
    return type == OCTAVO_S64 ? 8 : type == OCTAVO_F32 ? 4 : 1;
}

// In codes from 0 to 255: an s8 grid is a u8 grid with a zero point 128 higher.
Grid unsigned_grid(const FileTensor& tensor) {
    Grid grid = tensor.grid;
    grid.axis = 0;
    if (tensor.element == Element::int8) grid.zero_point[0] += 128;
    return grid;
}

constexpr std::int64_t kMostCode = 255;

std::pair<float, float> ends_of(const Grid& grid) {
    const auto real = [&](std::int64_t code) { return grid.scale[0] * static_cast<float>(code - grid.zero_point[0]); };
    return {real(0), real(kMostCode)};
}

// Every kind of operator that no row covers, in one message.
Result<void> check_types(const Document& document) {
    std::vector<Example> missing;
    for (const Operator& op : document.operators)
        if (!row_of(op.type)) missing.push_back({op.type, op.type + " '" + document.tensors[op.outputs[0]].name + "'"});
    if (missing.empty()) return {};
    return Error(Code::model, "unsupported operators: " + first_of_each(missing) + ": docs/tflite.md lists what is read");
}

}  // namespace

// ---- the walk

Result<Graph> Importer::run() {
    OCTAVO_CHECK_OK(check_types(document_));
    graph_.name = document_.name.empty() ? "graph" : document_.name;
    held_.resize(document_.tensors.size());
    constants_.resize(document_.tensors.size());
    readers_.resize(document_.tensors.size());
    is_output_.resize(document_.tensors.size(), false);
    for (const std::size_t output : document_.outputs) is_output_[output] = true;
    for (const Operator& op : document_.operators)
        for (const std::size_t input : op.inputs)
            if (input != kNone) readers_[input].push_back(&op);
    look_ahead();
    OCTAVO_CHECK_OK(define_inputs());
    for (std::size_t i = 0; i < held_.size(); ++i) {
        held_[i].order = held_[i].id == TensorId::none ? file_order(document_.tensors[i].shape.size()) : held_[i].order;
        if (!document_.tensors[i].is_constant || held_[i].id != TensorId::none || readers_[i].empty()) continue;
        OCTAVO_TRY(constants_[i], read_constant(document_.tensors[i]));
    }
    for (const Operator& op : document_.operators) {
        op_ = &op;
        OCTAVO_CHECK_OK(read_operator());
    }
    OCTAVO_CHECK_OK(list_outputs());
    return std::move(graph_);
}

void Importer::look_ahead() {
    is_followed_.resize(document_.tensors.size(), false);
    feeds_images_.resize(document_.tensors.size(), false);
    for (auto op = document_.operators.rbegin(); op != document_.operators.rend(); ++op) {
        const Row& row = *row_of(op->type);
        const std::size_t to = op->outputs[0];
        const bool is_followed =
            row.is_product || std::any_of(op->outputs.begin(), op->outputs.end(), [&](std::size_t place) { return is_followed_[place]; });
        const bool mixes = op->type == "TRANSPOSE" || op->type == "RESHAPE" || document_.tensors[to].shape.size() != 4;
        const bool feeds_images = row.is_image || (!mixes && feeds_images_[to]);
        for (const std::size_t input : op->inputs) {
            if (input == kNone) continue;
            if (is_followed) is_followed_[input] = true;
            feeds_images_[input] = feeds_images;  // the first reader comes last
        }
    }
}

// Only the batch may be open, as in other models.
Result<void> Importer::define_inputs() {
    for (const std::size_t place : document_.inputs) {
        const FileTensor& tensor = document_.tensors[place];
        const auto refused = [&](const std::string& why) { return Error(Code::model, "input '" + tensor.name + "': " + why); };
        if (held_[place].id != TensorId::none) return refused("it is listed twice");
        if (!graph_type(tensor) || !tensor.oddity.empty())
            return refused(tensor.oddity.empty() ? "its type is " + std::string(element_text(tensor.element)) + ", which is not supported"
                                                 : "it is " + tensor.oddity);
        if (const Result<void> good = check_grid(place); !good) return refused("it" + good.error().message());
        Tensor input;
        input.type = *graph_type(tensor);
        const Order order = tensor.shape.size() == 4 && feeds_images_[place] ? kImage : file_order(tensor.shape.size());
        input.shape = permuted(tensor.shape, order);
        if (tensor.signature.size() == tensor.shape.size()) {
            if (std::any_of(tensor.signature.begin() + !tensor.signature.empty(), tensor.signature.end(),
                            [](std::int64_t dim) { return dim < 0; }))
                return refused("a dimension other than the batch size is free: fix it when the model is converted");
            if (!tensor.signature.empty() && tensor.signature[0] < 0) input.shape[0] = -1;
        }
        const TensorId id = define(name_of(place), std::move(input));
        made_for_[id] = place;
        graph_.inputs.push_back(id);
        put(place, {id, order});
    }
    return {};
}

Result<void> Importer::read_operator() {
    const Row& row = *row_of(op_->type);
    for (std::size_t i = 0; i < row.inputs; ++i)
        if (!has_input(i)) return refusal("it has no input " + std::to_string(i));
    for (const std::size_t input : op_->inputs)
        if (input != kNone && held_[input].id == TensorId::none && !constants_[input])
            return refusal("reads '" + name_of(input) + "', which nothing before it makes");
    for (const std::size_t place : op_->outputs) {
        const FileTensor& tensor = document_.tensors[place];
        if (held_[place].id != TensorId::none || constants_[place])
            return refusal("writes '" + name_of(place) + "', which is there already");
        if (!graph_type(tensor))
            return refusal("its output is " + std::string(tensor.is_quantized() ? "quantized " : "") + element_text(tensor.element) +
                           ", which is not supported");
        if (const Result<void> good = check_grid(place); !good) return refusal("its output" + good.error().message());
    }
    Result<void> read = row.read(*this);
    if (document_.file->fault()) return refusal("damaged options: " + *document_.file->fault());
    if (!read) return read;
    // Rows index the dimensions of what they read by its order and by its shape.
    for (const std::size_t place : op_->outputs)
        if (const std::size_t rank = document_.tensors[place].shape.size(), made = held_[place].order.size(); made != rank)
            return refusal("makes " + std::to_string(made) + " dimensions, the file says " + std::to_string(rank) + " of '" +
                           name_of(place) + "'");
    return {};
}

// Names and order are the file's; what is held in another order than it or NCHW gets a Transpose, what bears another name an Identity.
Result<void> Importer::list_outputs() {
    for (const std::size_t place : document_.outputs) {
        Held& held = held_[place];
        if (constants_[place]) held.id = constant_in(place, held.order);
        if (held.id == TensorId::none) return Error(Code::model, "output '" + name_of(place) + "': no operator makes it");
        const bool is_in_order = held.order == kImage || held.order == file_order(held.order.size());
        const auto bearer = made_for_.find(held.id);
        const bool is_own = bearer != made_for_.end() && bearer->second == place;
        if (!is_in_order || !is_own) {
            if (is_own) yield_name(held.id);
            const TensorId id = define(name_of(place), Tensor{});
            Numbers perm;
            for (std::size_t axis = 0; axis < held.order.size(); ++axis)
                perm.push_back(static_cast<std::int64_t>(place_of(held.order, axis)));
            if (is_in_order)
                add(node_name_of(place), "Identity", {held.id}, {id});
            else
                add(node_name_of(place), "Transpose", {held.id}, {id}, {{"perm", perm}});
            held = {id, is_in_order ? held.order : file_order(held.order.size())};
            made_for_[id] = place;
        }
        graph_.outputs.push_back(held.id);
    }
    if (graph_.outputs.empty()) return Error(Code::model, "the model has no output, expected at least one");
    return {};
}

// Another tensor is to bear it.
void Importer::yield_name(TensorId id) {
    const std::string name = graph_[id].name;
    graph_[id].name = unique_name(taken_, name + "/held");
    taken_.erase(name);
    if (auto claim = claimed_.extract(name)) {
        claim.key() = graph_[id].name;
        claimed_.insert(std::move(claim));
    }
}

// ---- tensors and nodes

std::string Importer::name_of(std::size_t place) const {
    const std::string& name = document_.tensors[place].name;
    return name.empty() ? "tensor " + std::to_string(place) : name;
}

bool Importer::has_grid(std::size_t place) const {
    const FileTensor& tensor = document_.tensors[place];
    return tensor.is_quantized() && (tensor.element == Element::int8 || tensor.element == Element::uint8);
}

Result<void> Importer::check_grid(std::size_t place) const {
    if (!has_grid(place)) return {};
    const FileTensor& tensor = document_.tensors[place];
    const Grid& grid = tensor.grid;
    if (grid.scale.size() != 1) return Error(Code::model, " has " + std::to_string(grid.scale.size()) + " scales, expected 1");
    const std::int64_t least = tensor.element == Element::int8 ? -128 : 0, zero = grid.zero_point[0];
    if (std::isfinite(1 / grid.scale[0]) && grid.scale[0] > 0 && zero >= least && zero <= least + kMostCode) return {};
    return Error(Code::model, " has scale " + std::to_string(grid.scale[0]) + " and zero point " + std::to_string(zero));
}

std::string Importer::node_name_of(std::size_t place) const {
    const std::string name = name_of(place);
    return name.substr(0, name.find(';', 1));
}

TensorId Importer::define(const std::string& wish, Tensor tensor) {
    tensor.name = unique_name(taken_, wish);
    return graph_.add_tensor(std::move(tensor));
}

void Importer::add(const std::string& name, const char* op, Ids inputs, Ids outputs, Attributes attributes) {
    graph_.nodes.push_back({unique_name(taken_nodes_, name), op, std::move(inputs), std::move(outputs), std::move(attributes), {}});
}

TensorId Importer::made(std::size_t place, const Order& order) {
    const TensorId id = define(name_of(place) + (has_grid(place) && is_output_[place] ? "/real" : ""), Tensor{});
    const Shape& shape = document_.tensors[place].shape;
    if (order.size() == shape.size() && !dilations.contains(place)) claimed_[graph_[id].name] = permuted(shape, order);
    made_for_[id] = place;
    return id;
}

void Importer::put(std::size_t place, Held held) {
    if (has_grid(place)) held.id = on_grid(place, held.id);
    held_[place] = std::move(held);
}

// A tensor that lies on another grid already is put on this one under a name of its own.
TensorId Importer::on_grid(std::size_t place, TensorId id) {
    const Grid grid = unsigned_grid(document_.tensors[place]);
    const std::string name = name_of(place);
    if (const auto known = grids_.find(id); known != grids_.end()) {
        if (known->second == grid) return id;
        const TensorId same = define(name + "/again", Tensor{});
        add(node_name_of(place) + "/again", "Identity", {id}, {same});
        id = same;
    }
    const auto end = [&](const char* what, float value) {
        Tensor tensor;
        tensor.data = make_buffer(std::vector{value});
        return define(name + what, std::move(tensor));
    };
    const auto [least, most] = ends_of(grid);
    const TensorId low = end("/low", least), high = end("/high", most);
    const TensorId made = define(name + (is_output_[place] ? "" : "/grid"), Tensor{});
    add(node_name_of(place) + "/grid", "FakeQuantize", {id, low, high, low, high}, {made}, {{"levels", kMostCode + 1}});
    grids_[made] = grid;
    made_for_[made] = place;
    return made;
}

TensorId Importer::constant_in(std::size_t place, const Order& order) {
    TensorId& known = read_constants_.try_emplace({place, order}, TensorId::none).first->second;
    if (known != TensorId::none) return known;
    Tensor tensor = *constants_[place];
    if (order.size() > tensor.shape.size()) tensor.shape.insert(tensor.shape.begin(), order.size() - tensor.shape.size(), 1);
    if (order != file_order(order.size()) && order.size() == tensor.shape.size()) {
        tensor.data = permuted(tensor.data, tensor.shape, order, bytes_of(tensor.type));
        tensor.shape = permuted(tensor.shape, order);
    }
    return known = define(name_of(place), std::move(tensor));
}

TensorId Importer::in_order(std::size_t input, const Order& order) {
    const std::size_t place = op_->inputs[input];
    return constants_[place] ? constant_in(place, order) : turned(held_[place], order);
}

TensorId Importer::turned(const Held& held, const Order& order) {
    const std::size_t lower = order.size() > held.order.size() ? order.size() - held.order.size() : 0;
    Order lifted = file_order(lower);
    for (const std::size_t axis : held.order) lifted.push_back(axis + lower);
    Order perm;
    for (const std::size_t axis : order) perm.push_back(place_of(lifted, axis));
    const bool stays = perm == file_order(perm.size());
    if (lower == 0 && stays) return held.id;
    Order key = perm;
    key.push_back(lower);
    TensorId& known = turned_.try_emplace({held.id, key}, TensorId::none).first->second;
    if (known != TensorId::none) return known;
    known = held.id;
    if (lower > 0) known = between("rank", "Unsqueeze", {known, constant("rank/axes", as_numbers(file_order(lower)))});
    if (!stays) known = between("turned", "Transpose", {known}, {{"perm", as_numbers(perm)}});
    return known;
}

Order Importer::common_order() const {
    std::size_t most = 0;
    for (std::size_t i = 0; i < input_count(); ++i)
        if (has_input(i)) most = std::max(most, rank(i));
    for (std::size_t i = 0; i < input_count(); ++i)
        if (has_input(i) && rank(i) == most && !is_constant(i) && order(i) != file_order(most)) return order(i);
    return file_order(most);
}

// In the file's order ranks may differ, as they may in ONNX.
Ids Importer::operands(const Order& order) {
    Ids ids;
    for (std::size_t i = 0; i < input_count(); ++i)
        if (has_input(i)) ids.push_back(order == file_order(order.size()) ? in_file_order(i) : in_order(i, order));
    return ids;
}

Result<Numbers> Importer::places(const Order& order, const Numbers& axes) const {
    const auto rank = static_cast<std::int64_t>(order.size());
    Numbers places;
    for (const std::int64_t axis : axes) {
        if (axis < -rank || axis >= rank) return refusal("axis " + std::to_string(axis) + " of " + std::to_string(rank) + " dimensions");
        places.push_back(static_cast<std::int64_t>(place_of(order, static_cast<std::size_t>(axis < 0 ? axis + rank : axis))));
    }
    return places;
}

Result<std::int64_t> Importer::place(const Order& order, std::int64_t axis) const {
    OCTAVO_TRY(const Numbers found, places(order, {axis}));
    return found[0];
}

Result<Numbers> Importer::integers(std::size_t input) const {
    if (has_input(input)) return integers_of(op_->inputs[input]);
    return refusal("it has no input " + std::to_string(input));
}

Result<Numbers> Importer::integers_of(std::size_t place) const {
    if (place == kNone || !constants_[place] || constants_[place]->type != OCTAVO_S64)
        return refusal("'" + (place == kNone ? "" : name_of(place)) + "' is no constant of integers");
    const auto values = constants_[place]->data.as<std::int64_t>();
    return Numbers(values.begin(), values.end());
}

Result<std::int64_t> Importer::integer(std::size_t input) const {
    OCTAVO_TRY(const Numbers values, integers(input));
    if (values.size() != 1)
        return refusal("input " + std::to_string(input) + " has " + std::to_string(values.size()) + " values, expected 1");
    return values[0];
}

Numbers Importer::list(std::size_t field) const {
    const std::vector<std::int32_t> values = op_->options.numbers<std::int32_t>(field);
    return {values.begin(), values.end()};
}

const Operator* Importer::only_reader(const Operator& op) const {
    const std::vector<const Operator*>& readers = readers_[op.outputs[0]];
    return readers.size() == 1 && !is_output_[op.outputs[0]] ? readers[0] : nullptr;
}

TensorId Importer::constant(const char* what, Numbers values) {
    Tensor tensor;
    tensor.type = OCTAVO_S64;
    tensor.shape = {static_cast<std::int64_t>(values.size())};
    tensor.data = make_buffer(std::move(values));
    return define(name_of(op_->outputs[0]) + "/" + what, std::move(tensor));
}

TensorId Importer::constant(const char* what, float value) {
    Tensor tensor;
    tensor.data = make_buffer(std::vector{value});
    return define(name_of(op_->outputs[0]) + "/" + what, std::move(tensor));
}

TensorId Importer::between(const char* what, const char* op, Ids inputs, Attributes attributes) {
    const TensorId id = define(name_of(op_->outputs[0]) + "/" + what, Tensor{});
    add(node_name_of(op_->outputs[0]) + "/" + what, op, std::move(inputs), {id}, std::move(attributes));
    return id;
}

Ids Importer::between_all(const char* what, const char* op, Ids inputs, Attributes attributes) {
    Ids ids;
    for (std::size_t i = 0; i < op_->outputs.size(); ++i) ids.push_back(define(name_of(op_->outputs[0]) + "/" + what, Tensor{}));
    add(node_name_of(op_->outputs[0]) + "/" + what, op, std::move(inputs), ids, std::move(attributes));
    return ids;
}

void Importer::finish_one(std::size_t output, const char* op, Ids inputs, Order order, Attributes attributes) {
    const std::size_t place = op_->outputs[output];
    const TensorId id = made(place, order);
    add(node_name_of(place), op, std::move(inputs), {id}, std::move(attributes));
    put(place, {id, std::move(order)});
}

void Importer::finish_all(const char* op, Ids inputs, const Order& order, Attributes attributes) {
    Ids ids;
    for (const std::size_t place : op_->outputs) ids.push_back(made(place, order));
    add(node_name_of(op_->outputs[0]), op, std::move(inputs), ids, std::move(attributes));
    for (std::size_t i = 0; i < ids.size(); ++i) put(op_->outputs[i], {ids[i], order});
}

std::optional<std::pair<float, float>> Importer::implied_ends() const {
    const std::size_t place = op_->outputs[0];
    if (!has_grid(place) || !row_of(op_->type)->is_product || is_followed_[place]) return std::nullopt;
    return ends_of(unsigned_grid(output()));
}

// The node that computes bears the operator's name, the activation one of its own.
Result<void> Importer::activate(const char* op, Ids inputs, Order order, std::int64_t activation, Attributes attributes) {
    const char* const known[] = {nullptr, "Relu", "Clip", "Clip"};
    if (activation < 0 || activation >= std::ssize(known))
        return refusal("fused activation " + std::to_string(activation) + ", which is not supported");
    const char* fused = known[activation];
    std::pair<float, float> ends = activation == 2 ? std::pair(-1.0F, 1.0F) : std::pair(0.0F, 6.0F);  // of Clip
    const std::size_t place = op_->outputs[0];
    if (const auto implied = implied_ends(); !fused && implied) {
        fused = "Clip";
        ends = *implied;
    }
    if (!fused) {
        finish(op, std::move(inputs), std::move(order), std::move(attributes));
        return {};
    }
    const TensorId linear = define(name_of(place) + "/linear", Tensor{});
    add(node_name_of(place), op, std::move(inputs), {linear}, std::move(attributes));
    Ids read = {linear};
    if (fused == std::string_view("Clip")) read = {linear, constant("min", ends.first), constant("max", ends.second)};
    const TensorId id = made(place, order);
    add(node_name_of(place) + "/activation", fused, std::move(read), {id});
    put(place, {id, std::move(order)});
    return {};
}

}  // namespace octavo::tflite
