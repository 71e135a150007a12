// Functions of single values (Gelu, Tanh, Exp, ...). Of codes there are 256, so the operator table computes each once and a run looks it
// up, bit for bit what `reference` computes; of real numbers by the kernels of kernels/functions.h.
#include "as_it_lies.h"
#include "kernels/functions.h"

#include <octavo/tensor.h>

#include <algorithm>

namespace octavo::onednn {
namespace {

struct Known {
    Function function = Function::exp;
    float parameter = 0;
};

std::optional<Function> power_of(const ops::NodeView& node) {
    constexpr std::pair<float, Function> kPowers[] = {{2.0F, Function::square},
                                                      {3.0F, Function::cube},
                                                      {0.5F, Function::sqrt},
                                                      {-1.0F, Function::reciprocal},
                                                      {-0.5F, Function::reciprocal_root}};
    const octavo_tensor_info& exponent = node.input(1);
    if (!exponent.data || exponent.type != OCTAVO_F32 || node.output(0).rank != node.input(0).rank) return std::nullopt;
    if (ops::element_count({exponent.shape, static_cast<std::size_t>(exponent.rank)}) != 1) return std::nullopt;
    for (const auto& [power, function] : kPowers)
        if (*static_cast<const float*>(exponent.data) == power) return function;
    return std::nullopt;
}

std::optional<Known> known(const ops::NodeView& node) {
    constexpr std::pair<std::string_view, Function> kNames[] = {{"Erf", Function::erf},           {"Tanh", Function::tanh},
                                                                {"Softplus", Function::softplus}, {"Mish", Function::mish},
                                                                {"Exp", Function::exp},           {"Log", Function::log},
                                                                {"Sqrt", Function::sqrt},         {"Abs", Function::absolute},
                                                                {"Neg", Function::negative},      {"Reciprocal", Function::reciprocal}};
    if (node.input(0).data || node.output(0).type != OCTAVO_F32 || node.activation().kind != ActivationKind::none) return std::nullopt;
    for (const auto& [name, function] : kNames)
        if (node.op() == name) return Known{function};
    if (node.op() == "Gelu") return Known{Function::gelu_by_tanh};  // an exact one is an activation
    if (node.op() == "Elu") return Known{Function::elu, node.real("alpha", 1.0F)};
    if (node.op() != "Pow") return std::nullopt;
    const std::optional<Function> power = power_of(node);
    return power ? std::optional(Known{*power}) : std::nullopt;
}

class FunctionStep : public Step {
public:
    Known known;
    std::int64_t count = 0;

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<float>(reads[0]);
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override {
        share_pieces(context.team, count, 1, [&](std::int64_t first, std::int64_t last, int) {
            function_kernels().apply(known.function, known.parameter, from_ + first, to_ + first, last - first);
        });
    }

private:
    const float* from_ = nullptr;
    float* to_ = nullptr;
};

// T: codes, or real numbers.
template <class T>
class LookUpStep : public Step {
public:
    std::array<T, 256> table{};
    std::int64_t pixels = 0, channels = 0, stride = 0, offset = 0;

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<std::uint8_t>(reads[0]);
        to_ = addresses.get<T>(writes[0]) + offset;
    }
    void run(const RunContext& context) override {
        share_pieces(context.team, pixels, channels, [&](std::int64_t first, std::int64_t last, int) {
            if (stride == channels) return look_up(from_ + first * channels, to_ + first * channels, (last - first) * channels);
            for (std::int64_t pixel = first; pixel < last; ++pixel) look_up(from_ + pixel * channels, to_ + pixel * stride, channels);
        });
    }

private:
    void look_up(const std::uint8_t* from, T* to, std::int64_t count) const {
        for (std::int64_t i = 0; i < count; ++i) to[i] = table[from[i]];
    }

    const std::uint8_t* from_ = nullptr;
    T* to_ = nullptr;
};

// What the table computes of each code; other inputs are single constants.
Result<std::array<float, 256>> values_of_codes(const Builder& builder, const ops::NodeView& node) {
    const auto grid = builder.parameters(node.input_id(0), Form::whole);
    std::array<float, 256> from{}, to{};
    for (std::int32_t q = 0; q < 256; ++q)
        from[static_cast<std::size_t>(q)] = static_cast<float>(q - grid->integer_zero_point[0]) * grid->scale[0];
    const ops::Shape shape = {256};
    std::vector<octavo_tensor> inputs = {dense_tensor(OCTAVO_F32, shape, from.data())};
    for (std::size_t i = 1; i < node.input_count(); ++i)
        inputs.push_back(dense_tensor(node.input(i).type, ops::Shape{1}, builder.constant(node.input_id(i))));
    std::vector<octavo_tensor> outputs = {dense_tensor(OCTAVO_F32, shape, to.data())};
    OCTAVO_CHECK_OK(ops::find(node.op())->compute(node, inputs, outputs));
    return to;
}

template <class T>
void add_look_up(Builder& builder, std::int32_t index, std::unique_ptr<LookUpStep<T>> step, const Target& to, bool in_rows) {
    const ops::NodeView node = builder.view(index);
    const std::int32_t in = node.input_id(0);
    const Layout layout = in_rows ? layout_of_rows(node.input(0)) : layout_of(node.input(0));
    step->pixels = layout.images * layout.pixels;
    step->channels = layout.channels;
    step->stride = to.stride;
    step->offset = to.offset;
    step->reads = {read_codes_as(builder, in, in_rows)};
    step->writes = {to.buffer};
    builder.add(std::move(step), node, builder.precision(index), "values");
}

bool lower_look_up(Builder& builder, std::int32_t index, bool in_rows) {
    const ops::NodeView node = builder.view(index);
    const auto values = values_of_codes(builder, node);
    if (!values) return false;
    const std::int32_t out = node.output_id(0);
    if (builder.is_wanted_whole_only(out)) {
        const Target to = in_rows ? builder.target_in_rows(out) : builder.whole_target(out);
        auto step = std::make_unique<LookUpStep<std::uint8_t>>();
        std::ranges::transform(*values, step->table.begin(),
                               [&](float x) { return quantize_u8(x, to.parameters->reciprocal[0], to.parameters->zero_point[0]); });
        add_look_up(builder, index, std::move(step), to, in_rows);
        if (!in_rows) builder.set(out, Form::whole, to.buffer);
        return true;
    }
    const Layout layout = in_rows ? layout_of_rows(node.output(0)) : layout_of(node.output(0));
    const Target to = {builder.add_buffer(byte_count(node.output(0)) + 64), nullptr, layout.channels};
    auto step = std::make_unique<LookUpStep<float>>();
    step->table = *values;
    add_look_up(builder, index, std::move(step), to, in_rows);
    in_rows ? builder.finish_from_rows(out, to.buffer) : builder.finish_from_real(out, to.buffer);
    return true;
}

}  // namespace

bool lower_function(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const std::optional<Known> found = known(node);
    if (!found) return false;
    const std::int32_t in = node.input_id(0);
    const bool in_rows = builder.lies_in_rows(in);
    if (builder.has(in, Form::whole)) return lower_look_up(builder, index, in_rows);
    if (builder.precision(index) == OCTAVO_INT8) return false;
    auto step = std::make_unique<FunctionStep>();
    step->known = *found;
    step->count = layout_of(node.output(0)).count();
    step->reads = {read_as(builder, in, in_rows)};
    add_as(builder, std::move(step), node, OCTAVO_FP32, "values", in_rows);
    return true;
}

}  // namespace octavo::onednn
