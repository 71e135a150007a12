// One row an operator: which inputs are a tensor with its scale and zero point, and what it is on real numbers.
#include "core/formats/onnx/quantized.h"

#include "core/passes/rewrite.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace octavo::onnx {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Tensors stand at `operands` with scale and zero point behind them; QLinearConcat has as many as the node has inputs for.
struct Row {
    std::string_view op;
    std::string_view real;  // the operator on real numbers
    bool is_standard;
    std::vector<std::size_t> operands;
    std::size_t scale;         // input that holds the output's scale, its zero point behind it
    std::size_t bias = kNone;  // on the grid of the first two operands' product
    bool is_variadic = false;
};

const Row kRows[] = {
    {"QuantizeLinear", "FakeQuantize", true, {}, 1},
    {"DequantizeLinear", "Identity", true, {0}, kNone},
    {"QLinearConv", "Conv", true, {0, 3}, 6, 8},
    {"QLinearMatMul", "MatMul", true, {0, 3}, 6},
    {"QGemm", "Gemm", false, {0, 3}, 7, 6},
    {"QLinearAdd", "Add", false, {0, 3}, 6},
    {"QLinearMul", "Mul", false, {0, 3}, 6},
    {"QLinearConcat", "Concat", false, {2}, 0, kNone, true},
    {"QLinearAveragePool", "AveragePool", false, {0}, 3},
    {"QLinearGlobalAveragePool", "GlobalAveragePool", false, {0}, 3},
    {"QLinearLeakyRelu", "LeakyRelu", false, {0}, 3},
    {"QLinearSigmoid", "Sigmoid", false, {0}, 3},
    {"QLinearSoftmax", "Softmax", false, {0}, 3},
};

const Row* row_of(std::string_view op) {
    const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& known) { return known.op == op; });
    return row == std::end(kRows) ? nullptr : row;
}

// Scale and zero point of a tensor: one, or one a channel.
struct Codes {
    std::vector<float> scale;
    std::vector<std::int32_t> zero_point;
    bool is_signed = false;
};

// Whether they are the same numbers, be they said once or for each channel.
bool are_one(const Codes& a, const Codes& b) {
    const std::size_t count = std::max(a.scale.size(), b.scale.size());
    for (std::size_t c = 0; c < count; ++c) {
        const std::size_t i = a.scale.size() == 1 ? 0 : c, j = b.scale.size() == 1 ? 0 : c;
        if (i >= a.scale.size() || j >= b.scale.size()) return false;
        if (a.scale[i] != b.scale[j] || a.zero_point[i] != b.zero_point[j]) return false;
    }
    return true;
}

template <class T>
std::vector<std::int32_t> widened(const Tensor& tensor) {
    const auto values = tensor.data.as<T>();
    return {values.begin(), values.end()};
}

std::optional<std::vector<std::int32_t>> codes_of(const Tensor& tensor) {
    if (!tensor.is_constant()) return std::nullopt;
    if (tensor.type == OCTAVO_U8) return widened<std::uint8_t>(tensor);
    if (tensor.type == OCTAVO_S8) return widened<std::int8_t>(tensor);
    if (tensor.type == OCTAVO_S32) return widened<std::int32_t>(tensor);
    return std::nullopt;
}

class Translator {
public:
    explicit Translator(Graph& graph) : graph_(graph) {}

    Result<void> run() {
        const std::vector<Node> nodes = std::move(graph_.nodes);
        graph_.nodes.clear();
        for (const Node& node : nodes) {
            node_ = &node;
            const Row* const row = row_of(node.op);
            OCTAVO_CHECK_OK(row ? translate(*row) : keep());
        }
        return give_out();
    }

private:
    // Outputs keep their names: the tensor of codes that was dequantized to one takes it over.
    Result<void> give_out() {
        for (TensorId& id : graph_.outputs) {
            if (real_.contains(id))
                return Error(Code::model,
                             "output '" + graph_[id].name + "' is quantized, expected real numbers: put a DequantizeLinear behind it");
        }
        for (TensorId& id : graph_.outputs) {
            const TensorId real = real_of(id);
            if (real == id) continue;
            if (std::count(graph_.outputs.begin(), graph_.outputs.end(), real) == 0) {
                std::swap(graph_[id].name, graph_[real].name);
                id = real;
            } else {
                graph_.nodes.push_back({graph_[id].name, "Identity", {real}, {id}, {}, {}});
            }
        }
        return {};
    }

    Error refusal(const std::string& why) const { return {Code::model, node_->op + " '" + node_->name + "': " + why}; }
    TensorId real_of(TensorId id) const {
        const auto same = same_.find(id);
        return same == same_.end() ? id : same->second;
    }
    bool has(std::size_t i) const { return i < node_->inputs.size() && node_->inputs[i] != TensorId::none; }

    // What moves codes moves the numbers that they stand for.
    Result<void> keep() {
        const bool reads_codes = std::any_of(node_->inputs.begin(), node_->inputs.end(), [&](TensorId id) { return real_.contains(id); });
        if (reads_codes) {
            if (ops::find(node_->op)->role != ops::Role::passes)
                return refusal("it reads a quantized tensor, expected a DequantizeLinear between");
            const auto first = real_.find(node_->inputs[0]);
            std::optional<Codes> grid = first == real_.end() ? std::nullopt : first->second;
            if (grid && grid->scale.size() != 1) grid.reset();  // channels may lie elsewhere now
            for (const TensorId id : node_->outputs) real_[id] = grid;
        }
        graph_.nodes.push_back(*node_);
        for (TensorId& id : graph_.nodes.back().inputs) id = real_of(id);
        return {};
    }

    Result<void> translate(const Row& row) {
        if (attribute_or(*node_, "block_size", std::int64_t{0}) != 0) return refusal("grids by blocks, which are not supported");
        if (attribute_or(*node_, "channels_last", std::int64_t{0}) != 0) return refusal("channels last, which is not supported");
        if (node_->outputs.empty() || node_->outputs[0] == TensorId::none) return refusal("no output");
        Node real{node_->name, std::string(row.real), {}, node_->outputs, node_->attributes, {}};
        if (row.op == "DequantizeLinear") real.attributes.clear();
        real.attributes.erase("channels_last");
        std::vector<std::size_t> operands = row.operands;
        for (std::size_t i = 5; row.is_variadic && i < node_->inputs.size(); i += 3) operands.push_back(i);
        for (const std::size_t i : operands) {
            OCTAVO_TRY(const TensorId operand, operand_at(i, row));
            real.inputs.push_back(operand);
        }
        if (row.bias != kNone && has(row.bias)) {
            OCTAVO_TRY(const TensorId bias, bias_at(row));
            real.inputs.push_back(bias);
        }
        if (row.op == "DequantizeLinear" && real_.contains(node_->inputs[0])) {
            same_[node_->outputs[0]] = real.inputs[0];
            return {};
        }
        if (row.op == "QuantizeLinear") return quantize(has(0) ? real_of(node_->inputs[0]) : TensorId::none, std::move(real));
        if (row.scale == kNone || !has(row.scale)) {  // gives real numbers
            graph_.nodes.push_back(std::move(real));
            return {};
        }
        const TensorId sum = graph_.add_tensor({graph_.unused_name(graph_[node_->outputs[0]].name + "/real"), OCTAVO_F32, {}, {}, false});
        real.outputs = {sum};
        graph_.nodes.push_back(std::move(real));
        return put_on_grid(sum, row.scale);
    }

    // ---- parameters

    Result<Codes> parameters(std::size_t scale) const {
        if (!has(scale) || !is_float_constant(graph_, node_->inputs[scale]))
            return refusal("input " + std::to_string(scale) + " is no constant scale");
        const auto scales = graph_[node_->inputs[scale]].data.as<float>();
        Codes codes{{scales.begin(), scales.end()}, {}, attribute_or(*node_, "output_dtype", std::int64_t{0}) == 3};
        for (const float s : codes.scale)
            if (!(s > 0) || !std::isfinite(s)) return refusal("a scale is " + std::to_string(s) + ", expected a number above 0");
        codes.zero_point.assign(codes.scale.size(), 0);
        if (!has(scale + 1)) return codes;
        const Tensor& zero = graph_[node_->inputs[scale + 1]];
        std::optional<std::vector<std::int32_t>> values = codes_of(zero);
        if (!values) return refusal("its zero point is no constant of 8 bits");
        if (values->size() == 1) values->resize(codes.scale.size(), values->front());
        if (values->size() != codes.scale.size() || codes.scale.empty()) return refusal("scales and zero points differ in number");
        codes.zero_point = std::move(*values);
        codes.is_signed = zero.type != OCTAVO_U8;
        return codes;
    }

    // The channels of a tensor with one scale each lie along this axis.
    std::size_t axis_of(std::size_t rank, std::int64_t fallback) const {
        const std::int64_t axis = attribute_or(*node_, "axis", fallback);
        return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
    }

    template <class ValueAt>
    Result<TensorId> dequantized(const Tensor& tensor, std::size_t count, const Codes& codes, std::size_t axis, ValueAt value_at) {
        std::size_t inner = 1;
        if (codes.scale.size() > 1) {
            if (axis >= tensor.shape.size() || static_cast<std::size_t>(tensor.shape[axis]) != codes.scale.size())
                return refusal("'" + tensor.name + "' has another number of channels than of scales");
            for (std::size_t i = axis + 1; i < tensor.shape.size(); ++i) inner *= static_cast<std::size_t>(tensor.shape[i]);
        }
        std::vector<float> values(count);
        for (std::size_t i = 0; i < count; ++i) values[i] = value_at(i, codes.scale.size() > 1 ? i / inner % codes.scale.size() : 0);
        return add_constant(graph_, tensor.name + "/real", tensor.shape, std::move(values));
    }

    Result<TensorId> dequantized(TensorId id, const Codes& codes, std::size_t axis) {
        const Tensor tensor = graph_[id];
        const auto values = codes_of(tensor);
        if (!values) return refusal("'" + tensor.name + "' is no constant of 8 or 32 bits");
        return dequantized(tensor, values->size(), codes, axis, [&](std::size_t i, std::size_t c) {
            return static_cast<float>(std::int64_t{(*values)[i]} - codes.zero_point[c]) * codes.scale[c];
        });
    }

    // ---- operands

    Result<TensorId> operand_at(std::size_t i, const Row& row) {
        if (!has(i)) return refusal("input " + std::to_string(i) + " is missing");
        const TensorId id = node_->inputs[i];
        if (real_.contains(id)) return rescaled(id, i + 1);
        OCTAVO_TRY(const Codes codes, parameters(i + 1));
        const bool is_product = row.bias != kNone || row.op == "QLinearMatMul";
        const std::size_t rank = graph_[id].shape.size();
        if (!graph_[id].is_constant()) return computed(id, codes);
        // Channels of weights: a convolution's first axis, a product's last one.
        const bool first = row.op == "QLinearConv" || attribute_or(*node_, "transB", std::int64_t{0}) != 0;
        return dequantized(id, codes, !is_product ? axis_of(rank, 1) : first ? 0 : rank - 1);
    }

    // A tensor that holds real numbers already; a scale other than the one that it was quantized with is a factor.
    Result<TensorId> rescaled(TensorId id, std::size_t scale) {
        const std::optional<Codes>& grid = real_.at(id);
        if (!grid) return id;
        OCTAVO_TRY(const Codes read, parameters(scale));
        if (are_one(*grid, read)) return id;
        if (grid->scale.size() != 1 || read.scale.size() != 1 || grid->zero_point != read.zero_point)
            return refusal("'" + graph_[id].name + "' was quantized with another zero point, or other scales by channel");
        const std::string name = graph_.unused_name(graph_[id].name + "/rescaled");
        const TensorId made = graph_.add_tensor({name, OCTAVO_F32, {}, {}, false});
        const TensorId factor = add_constant(graph_, name + "/factor", {}, std::vector{read.scale[0] / grid->scale[0]});
        graph_.nodes.push_back({name, "Mul", {id, factor}, {made}, {}, {}});
        return made;
    }

    // Codes that come from outside: (q - zero point) * scale.
    Result<TensorId> computed(TensorId id, const Codes& codes) {
        if (codes.scale.size() != 1) return refusal("'" + graph_[id].name + "' is no constant and has one scale a channel");
        TensorId last = id;
        const auto add = [&](const char* what, const char* op, std::optional<float> value, Attributes attributes) {
            const std::string name = graph_.unused_name(graph_[id].name + what);
            const TensorId made = graph_.add_tensor({name, OCTAVO_F32, {}, {}, false});
            Node node{node_->name + what, op, {last}, {made}, std::move(attributes), {}};
            if (value) node.inputs.push_back(add_constant(graph_, name + "/by", {}, std::vector{*value}));
            graph_.nodes.push_back(std::move(node));
            last = made;
        };
        add("/float", "Cast", std::nullopt, {{"to", std::int64_t{1}}});
        if (codes.zero_point[0] != 0) add("/above_zero", "Sub", static_cast<float>(codes.zero_point[0]), {});
        add("/real", "Mul", codes.scale[0], {});
        return last;
    }

    Result<TensorId> bias_at(const Row& row) {
        OCTAVO_TRY(const Codes x, parameters(row.operands[0] + 1));
        OCTAVO_TRY(Codes codes, parameters(row.operands[1] + 1));
        for (float& scale : codes.scale) scale *= attribute_or(*node_, "alpha", 1.0F) * x.scale[0];
        codes.zero_point.assign(codes.scale.size(), 0);
        const TensorId id = node_->inputs[row.bias];
        return dequantized(id, codes, graph_[id].shape.empty() ? 0 : graph_[id].shape.size() - 1);
    }

    // ---- results

    Result<void> quantize(TensorId x, Node real) {
        if (x == TensorId::none) return refusal("input 0 is missing");
        const TensorId y = node_->outputs[0];
        if (!graph_[x].is_constant()) return put_on_grid(x, 1);
        const Tensor tensor = graph_[x];
        if (tensor.type != OCTAVO_F32) return refusal("'" + tensor.name + "' is no constant of real numbers");
        OCTAVO_TRY(const Codes codes, parameters(1));
        const auto from = tensor.data.as<float>();
        const float low = codes.is_signed ? -128 : 0, high = codes.is_signed ? 127 : 255;
        const auto rounded = [&](std::size_t i, std::size_t c) {
            const auto zero = static_cast<float>(codes.zero_point[c]);
            return (std::clamp(std::nearbyintf(from[i] / codes.scale[c]) + zero, low, high) - zero) * codes.scale[c];
        };
        OCTAVO_TRY(const TensorId constant, dequantized(tensor, from.size(), codes, axis_of(tensor.shape.size(), 1), rounded));
        real.op = "Identity";
        real.inputs = {constant};
        graph_.nodes.push_back(std::move(real));
        real_[y] = codes;
        return {};
    }

    // FakeQuantize from `x` to the node's output. Ends of channels stand so that they fit feature maps.
    Result<void> put_on_grid(TensorId x, std::size_t scale) {
        OCTAVO_TRY(const Codes codes, parameters(scale));
        if (codes.scale.size() > 1 && axis_of(4, 1) != 1) return refusal("one scale a channel along another axis than 1");
        const float first = codes.is_signed ? -128 : 0, last = codes.is_signed ? 127 : 255;
        std::vector<float> low, high;
        for (std::size_t c = 0; c < codes.scale.size(); ++c) {
            low.push_back((first - static_cast<float>(codes.zero_point[c])) * codes.scale[c]);
            high.push_back((last - static_cast<float>(codes.zero_point[c])) * codes.scale[c]);
        }
        const Shape shape = low.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(low.size()), 1, 1};
        const std::string name = graph_[node_->outputs[0]].name;
        const TensorId lows = add_constant(graph_, name + "/low", shape, std::move(low));
        const TensorId highs = add_constant(graph_, name + "/high", shape, std::move(high));
        graph_.nodes.push_back({node_->name + "/grid",
                                "FakeQuantize",
                                {x, lows, highs, lows, highs},
                                {node_->outputs[0]},
                                {{"levels", std::int64_t{256}}},
                                {}});
        real_[node_->outputs[0]] = codes;
        return {};
    }

    Graph& graph_;
    const Node* node_ = nullptr;
    std::map<TensorId, std::optional<Codes>> real_;  // tensors of codes in the file hold real numbers here; of this grid, where it is known
    std::map<TensorId, TensorId> same_;              // what was dequantized: the tensor of codes holds it already
};

}  // namespace

bool is_quantized_operator(std::string_view op, bool is_standard) {
    const Row* const row = row_of(op);
    return row && row->is_standard == is_standard;
}

Result<void> say_reals(Graph& graph) {
    const bool any = std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) { return row_of(node.op) != nullptr; });
    return any ? Translator(graph).run() : Result<void>();
}

}  // namespace octavo::onnx
