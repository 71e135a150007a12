#include "builder.h"

#include "ops/support.h"

#include "product.h"
#include "turn.h"

#include <algorithm>
#include <cstring>

namespace octavo::onednn {
namespace {

const octavo_quantization* entry(const octavo_plan* plan, std::int32_t tensor, Form form) {
    if (!plan || form == Form::real) return nullptr;
    const octavo_quantization& q = (form == Form::whole ? plan->whole : plan->depthwise)[tensor];
    return q.channels > 0 ? &q : nullptr;
}

std::shared_ptr<const CodeParameters> code_parameters(const octavo_quantization& q, std::int64_t channels) {
    auto made = std::make_shared<CodeParameters>();
    made->per_channel = q.channels > 1;
    for (std::int64_t c = 0; c < channels + 32; ++c) {
        const std::int64_t from = q.channels > 1 ? std::min<std::int64_t>(c, q.channels - 1) : 0;
        made->scale.push_back(q.scale[from]);
        made->reciprocal.push_back(1.0F / q.scale[from]);
        made->integer_zero_point.push_back(q.zero_point[from]);
        made->zero_point.push_back(static_cast<float>(q.zero_point[from]));
    }
    return made;
}

}  // namespace

Layout layout_of_rows(const octavo_tensor_info& tensor) {
    const std::span shape(tensor.shape, static_cast<std::size_t>(tensor.rank));
    if (shape.empty()) return {};
    return {ops::element_count(shape.first(shape.size() - 1)), 1, shape.back()};
}

Layout layout_of(const octavo_tensor_info& tensor) {
    constexpr std::int64_t kLongRow = 64;
    if (tensor.rank == 4 && tensor.type == OCTAVO_F32) return {tensor.shape[0], tensor.shape[2] * tensor.shape[3], tensor.shape[1]};
    if (const Layout rows = layout_of_rows(tensor); rows.channels >= kLongRow) return rows;
    if (tensor.rank < 2) return {1, 1, ops::element_count({tensor.shape, static_cast<std::size_t>(tensor.rank)})};
    return {tensor.shape[0], 1, ops::element_count({tensor.shape + 1, static_cast<std::size_t>(tensor.rank) - 1})};
}

std::size_t byte_count(const octavo_tensor_info& tensor) {
    return static_cast<std::size_t>(layout_of(tensor).count()) * element_bytes(tensor.type);
}

bool is_picture(const octavo_tensor_info& tensor) {
    const Layout layout = layout_of(tensor);
    return layout.pixels != 1 && layout.channels != 1;
}

void to_rows(const Layout& layout, const float* from, float* to) {
    if (layout.pixels == 1) {
        std::memcpy(to, from, static_cast<std::size_t>(layout.count()) * sizeof(float));
        return;
    }
    for (std::int64_t n = 0; n < layout.images; ++n)
        for (std::int64_t c = 0; c < layout.channels; ++c)
            for (std::int64_t p = 0; p < layout.pixels; ++p)
                to[(n * layout.channels + c) * layout.pixels + p] = from[(n * layout.pixels + p) * layout.channels + c];
}

void from_rows(const Layout& layout, const float* from, float* to) {
    const Layout turned = {layout.images, layout.channels, layout.pixels};
    if (layout.pixels == 1)
        std::memcpy(to, from, static_cast<std::size_t>(layout.count()) * sizeof(float));
    else
        to_rows(turned, from, to);
}

Builder::Builder(const octavo_graph& graph, const octavo_plan* plan, const octavo_compile_options& options, int threads, Products products)
    : graph_(graph), plan_(plan), threads_(threads), tolerance_(options.tolerance), products_(products) {
    const auto count = static_cast<std::size_t>(graph.tensor_count);
    wanted_.assign(count, {});
    readers_.assign(count, {});
    wanted_in_rows_.assign(count, false);
    form_.assign(count, {BufferId::none, BufferId::none, BufferId::none});
    whole_.assign(count, BufferId::none);
    collect_wanted(options);
    slices_ = find_slices(*this);
}

octavo_precision Builder::precision(std::int32_t node) const {
    return plan_ ? static_cast<octavo_precision>(plan_->precision[node]) : OCTAVO_FP32;
}

bool Builder::has(std::int32_t tensor, Form form) const {
    return entry(plan_, tensor, form) != nullptr;
}
bool Builder::is_wanted_whole_only(std::int32_t tensor) const {
    return has(tensor, Form::whole) && wanted_[static_cast<std::size_t>(tensor)] == std::array{false, true, false};
}
bool Builder::is_quantized(std::int32_t tensor) const {
    return has(tensor, Form::whole) || has(tensor, Form::depthwise);
}

std::shared_ptr<ops::Shape> Builder::bounded_shape(std::int32_t tensor) const {
    const auto found = bounded_.find(tensor);
    return found == bounded_.end() ? nullptr : found->second;
}

const void* Builder::constant(std::int32_t tensor) const {
    if (plan_ && plan_->replaced && plan_->replaced[tensor]) return plan_->replaced[tensor];
    return graph_.tensors[tensor].data;
}

namespace {

// What takes a tensor of rank 4 row by row only, or as it lies.
bool reads_in_rows(const ops::NodeView& node, std::size_t input) {
    constexpr std::string_view kMoves[] = {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"};
    if (node.op() == "Gemm") return node.input(input).rank == 4;
    return is_picture(node.input(input)) && std::ranges::find(kMoves, node.op()) != std::end(kMoves);
}

}  // namespace

void Builder::collect_wanted(const octavo_compile_options& options) {
    for (std::int32_t n = 0; n < graph_.node_count; ++n) {
        const ops::NodeView node = view(n);
        for (std::size_t i = 0; i < node.input_count(); ++i) {
            if (!node.has_input(i) || node.input(i).data) continue;
            const std::int32_t id = node.input_id(i);
            readers_[static_cast<std::size_t>(id)].push_back({n, i});
            const bool int8 = precision(n) == OCTAVO_INT8 && is_quantized(id);
            if (int8 && has(id, Form::whole) && reads_in_rows(node, i)) wanted_in_rows_[static_cast<std::size_t>(id)] = true;
            if (reads_codes_by_channel(node, i) || (int8 && i == 0 && ops::is_depthwise(node) && has(id, Form::depthwise)))
                want(id, Form::depthwise);
            else
                want(id, int8 && has(id, Form::whole) ? Form::whole : Form::real);
        }
    }
    for (std::int32_t i = 0; i < graph_.output_count; ++i) want(graph_.outputs[i], Form::real);
    for (std::int32_t i = 0; i < options.tap_count; ++i) want(options.taps[i], Form::real);
}

std::shared_ptr<const CodeParameters> Builder::parameters(std::int32_t tensor, Form form) const {
    const octavo_quantization* q = entry(plan_, tensor, form);
    if (!q) return nullptr;
    auto& cached = parameters_[{tensor, form}];
    if (!cached) cached = code_parameters(*q, layout_of(graph_.tensors[tensor]).channels);
    return cached;
}

bool Builder::equal_codes(std::int32_t a, std::int32_t b) const {
    const auto pa = parameters(a, Form::whole), pb = parameters(b, Form::whole);
    return pa && pb && pa->scale[0] == pb->scale[0] && pa->integer_zero_point[0] == pb->integer_zero_point[0];
}

std::shared_ptr<const CodeParameters> Builder::inner_parameters(std::int32_t node) const {
    if (!plan_ || !plan_->inner || plan_->inner[node].channels == 0) return nullptr;
    const octavo_tensor_info& output = graph_.tensors[graph_.nodes[node].outputs[0]];
    const Layout layout = view(node).op() == "Gemm" ? layout_of_rows(output) : layout_of(output);
    return code_parameters(plan_->inner[node], layout.channels);
}

BufferId Builder::add_buffer(std::size_t size_bytes, BufferId alias) {
    buffers_.push_back({size_bytes, alias});
    return static_cast<BufferId>(buffers_.size() - 1);
}

void Builder::set(std::int32_t tensor, Form form, BufferId buffer) {
    form_[static_cast<std::size_t>(tensor)][static_cast<std::size_t>(form)] = buffer;
}

void Builder::add_step(std::unique_ptr<Step> step) {
    steps_.push_back(std::move(step));
}

std::vector<Target> Builder::targets(std::int32_t tensor) {
    const Layout layout = layout_of(this->tensor(tensor));
    std::vector<Form> forms;
    if (!is_quantized(tensor)) {
        forms = {Form::real};
    } else {
        for (const Form form : {Form::whole, Form::depthwise})
            if (wanted_[static_cast<std::size_t>(tensor)][static_cast<std::size_t>(form)]) forms.push_back(form);
        if (forms.empty()) forms = {has(tensor, Form::whole) ? Form::whole : Form::depthwise};
    }
    std::vector<Target> made;
    for (const Form form : forms) {
        if (form == Form::whole) {
            made.push_back(whole_target(tensor));
        } else {
            // 64 bytes behind the values: vectors may read, never write, beyond the last
            const std::size_t size = form == Form::real ? element_bytes(this->tensor(tensor).type) : 1;
            made.push_back({add_buffer(static_cast<std::size_t>(layout.count()) * size + 64), parameters(tensor, form), layout.channels});
        }
        set(tensor, form, made.back().buffer);
    }
    return made;
}

Target Builder::whole_target(std::int32_t tensor) {
    const Slice& place = slice(tensor);
    const Layout layout = layout_of(this->tensor(place.root));
    BufferId& buffer = whole_[static_cast<std::size_t>(place.root)];
    if (buffer == BufferId::none) buffer = add_buffer(static_cast<std::size_t>(layout.count()) + 64);
    return {buffer, parameters(tensor, Form::whole), layout.channels, place.offset};
}

Source Builder::source(std::int32_t tensor, Form form, BufferId buffer) const {
    Source from = {buffer, parameters(tensor, form)};
    if (const Slice& place = slice(tensor); form == Form::whole && buffer == whole_[static_cast<std::size_t>(place.root)]) {
        from.stride = layout_of(this->tensor(place.root)).channels;
        from.offset = place.offset;
    }
    return from;
}

void Builder::convert(std::int32_t tensor, const Source& from, const Target& to, const char* verb) {
    auto step = std::make_unique<PointwiseStep>();
    step->a = from;
    step->targets = {to};
    step->layout = layout_of(this->tensor(tensor));
    step->name = std::string(verb) + " " + this->tensor(tensor).name;
    step->op = verb;
    step->implementation = "values";
    step->precision = OCTAVO_INT8;
    step->declare();
    add_step(std::move(step));
}

bool Builder::lies_in_rows(std::int32_t tensor) const {
    const auto& forms = form_[static_cast<std::size_t>(tensor)];
    return (rows_.contains(tensor) || code_rows_.contains(tensor)) &&
           std::ranges::all_of(forms, [](BufferId id) { return id == BufferId::none; });
}

template <class T>
BufferId Builder::turn(std::int32_t tensor, const Layout& layout, BufferId from, bool to_rows) {
    auto step = std::make_unique<TurnStep<T>>(layout, to_rows);
    step->name = lowered_ < 0 ? std::string("turn ") + this->tensor(tensor).name : std::string(view(lowered_).name());
    step->op = lowered_ < 0 ? std::string("turn") : std::string(view(lowered_).op());
    step->implementation = "turn";
    step->reads = {from};
    step->writes = {add_buffer(static_cast<std::size_t>(layout.count()) * sizeof(T) + 64)};
    const BufferId to = step->writes[0];
    add_step(std::move(step));
    return to;
}

BufferId Builder::read_rows(std::int32_t tensor) {
    if (const auto found = rows_.find(tensor); found != rows_.end()) return found->second;
    if (const auto codes = code_rows_.find(tensor); codes != code_rows_.end()) {
        const BufferId to = add_buffer(byte_count(this->tensor(tensor)) + 64);
        const std::int64_t stride = layout_of(this->tensor(tensor)).channels;
        convert(tensor, {codes->second, parameters(tensor, Form::whole)}, {to, nullptr, stride}, "dequantize");
        return rows_[tensor] = to;
    }
    if (!is_picture(this->tensor(tensor))) return read(tensor, Form::real);
    return rows_[tensor] = turn(tensor, layout_of(this->tensor(tensor)), read(tensor, Form::real), true);
}

void Builder::set_rows(std::int32_t tensor, BufferId buffer) {
    if (is_picture(this->tensor(tensor)))
        rows_[tensor] = buffer;
    else
        set(tensor, Form::real, buffer);
}

// One grid for all values: in which order they lie does not matter.
BufferId Builder::quantize_rows(std::int32_t tensor, BufferId rows) {
    const Layout layout = layout_of(this->tensor(tensor));
    const BufferId codes = add_buffer(static_cast<std::size_t>(layout.count()) + 64);
    convert(tensor, {rows, nullptr}, {codes, parameters(tensor, Form::whole), layout.channels}, "quantize");
    set_codes_in_rows(tensor, codes);
    return codes;
}

BufferId Builder::read_codes_in_rows(std::int32_t tensor) {
    if (this->tensor(tensor).rank != 4) return read(tensor, Form::whole);
    if (const auto found = code_rows_.find(tensor); found != code_rows_.end()) return found->second;
    const BufferId whole = form_[static_cast<std::size_t>(tensor)][static_cast<std::size_t>(Form::whole)];
    if (whole == BufferId::none || is_slice(tensor)) return quantize_rows(tensor, read_rows(tensor));
    return code_rows_[tensor] = turn<std::uint8_t>(tensor, layout_of(this->tensor(tensor)), whole, true);
}

Source Builder::source_in_rows(std::int32_t tensor) {
    if (!has(tensor, Form::whole)) return {read_rows(tensor), nullptr};
    return {read_codes_in_rows(tensor), parameters(tensor, Form::whole)};
}

Target Builder::target_in_rows(std::int32_t tensor) {
    const octavo_quantization* const q = entry(plan_, tensor, Form::whole);
    const Layout layout = layout_of_rows(this->tensor(tensor));
    const BufferId to = add_buffer(static_cast<std::size_t>(layout.count()) * (q ? 1 : sizeof(float)) + 64);
    q ? set_codes_in_rows(tensor, to) : set_rows(tensor, to);
    return {to, q ? code_parameters(*q, layout.channels) : nullptr, layout.channels};
}

void Builder::set_codes_in_rows(std::int32_t tensor, BufferId buffer) {
    if (this->tensor(tensor).rank == 4)
        code_rows_[tensor] = buffer;
    else
        set(tensor, Form::whole, buffer);
}

void Builder::finish_from_rows(std::int32_t tensor, BufferId rows) {
    if (!is_quantized(tensor)) return set_rows(tensor, rows);
    const bool by_channel = wanted_[static_cast<std::size_t>(tensor)][static_cast<std::size_t>(Form::depthwise)];
    if (is_wanted_in_rows(tensor) && !by_channel) {  // codes by channel are those of real numbers, not of codes for everybody
        quantize_rows(tensor, rows);
        return;
    }
    finish_from_real(tensor, is_picture(this->tensor(tensor)) ? turn(tensor, layout_of(this->tensor(tensor)), rows, false) : rows);
}

BufferId Builder::read(std::int32_t tensor, Form form) {
    auto& forms = form_[static_cast<std::size_t>(tensor)];
    BufferId& real = forms[static_cast<std::size_t>(Form::real)];
    const std::int64_t* const shape = this->tensor(tensor).shape;
    if (const auto codes = code_rows_.find(tensor);
        form == Form::whole && codes != code_rows_.end() && forms[static_cast<std::size_t>(form)] == BufferId::none)
        set(tensor, form, turn<std::uint8_t>(tensor, layout_of(this->tensor(tensor)), codes->second, false));
    else if (lies_in_rows(tensor))
        real = turn(tensor, layout_of(this->tensor(tensor)), read_rows(tensor), false);
    else if (real == BufferId::none && columns(tensor))
        real = turn(tensor, {shape[0], shape[2], shape[1]}, *columns(tensor), true);
    const BufferId there = forms[static_cast<std::size_t>(form)];
    if (there != BufferId::none) return there;
    const Layout layout = layout_of(this->tensor(tensor));
    if (form != Form::real) {  // codes of one kind wanted where only the other, or real numbers, exist
        const Target to = {add_buffer(static_cast<std::size_t>(layout.count()) + 64), parameters(tensor, form), layout.channels};
        const Form other = form == Form::whole ? Form::depthwise : Form::whole;
        const bool codes = forms[static_cast<std::size_t>(other)] != BufferId::none;
        convert(tensor, codes ? source(tensor, other, forms[static_cast<std::size_t>(other)]) : Source{forms[0], nullptr}, to, "quantize");
        set(tensor, form, to.buffer);
        return to.buffer;
    }
    const Form source = forms[static_cast<std::size_t>(Form::whole)] != BufferId::none ? Form::whole : Form::depthwise;
    const Target to = {add_buffer(static_cast<std::size_t>(layout.count()) * sizeof(float) + 64), nullptr, layout.channels};
    convert(tensor, this->source(tensor, source, forms[static_cast<std::size_t>(source)]), to, "dequantize");
    set(tensor, Form::real, to.buffer);
    return to.buffer;
}

bool Builder::reads_codes_by_channel(const ops::NodeView& node, std::size_t input) const {
    const std::int32_t id = node.input_id(input);
    return input == 0 && ops::is_depthwise(node) && has(id, Form::depthwise) && has(id, Form::whole);
}

BufferId Builder::read_real(const ops::NodeView& node, std::size_t input) {
    const std::int32_t tensor = node.input_id(input);
    if (!reads_codes_by_channel(node, input)) return read(tensor, Form::real);
    const Layout layout = layout_of(this->tensor(tensor));
    const Target to = {add_buffer(static_cast<std::size_t>(layout.count()) * sizeof(float) + 64), nullptr, layout.channels};
    convert(tensor, source(tensor, Form::depthwise, read(tensor, Form::depthwise)), to, "dequantize");
    return to.buffer;
}

void Builder::finish_from_real(std::int32_t tensor, BufferId real) {
    if (!is_quantized(tensor)) return set(tensor, Form::real, real);
    for (const Target& target : targets(tensor)) convert(tensor, {real, nullptr}, target, "quantize");
}

namespace {

// What only the operator table's own arithmetic knows how to do.
bool is_for_table(const Builder& builder, const ops::NodeView& node, const ops::Row& row) {
    bool computed = false;
    bool special = row.bounded || (node.output_count() != 1 && node.op() != "Split");
    for (std::size_t i = 0; i < node.input_count(); ++i) {
        if (!node.has_input(i)) continue;
        computed = computed || !node.input(i).data;
        special = special || (!node.input(i).data && byte_count(node.input(i)) == 0) || builder.bounded_shape(node.input_id(i));
    }
    for (std::size_t i = 0; i < node.output_count(); ++i) special = special || !node.has_output(i) || byte_count(node.output(i)) == 0;
    return special || !computed;
}

}  // namespace

Result<void> lower_node(Builder& builder, std::int32_t node) {
    const ops::NodeView view = builder.view(node);
    builder.begin(node);
    const ops::Row* row = ops::find(view.op());
    if (!row) return Error(Code::model, view.title() + ": no such operator");
    if (is_for_table(builder, view, *row)) {
        lower_by_table(builder, node);
        return {};
    }
    const bool int8 = builder.precision(node) == OCTAVO_INT8;
    const bool product = row->role == ops::Role::product && view.op() != "MatMul";
    if (product && int8) return lower_product_int8(builder, node);
    if (product && check_product(view)) return lower_product_f32(builder, node);
    for (const auto lower : {lower_pool, lower_pointwise, lower_concat, lower_reshape, lower_matmul, lower_moves, lower_rows,
                             lower_normalization, lower_transposed, lower_function, lower_broadcast, lower_reduction, lower_softmax,
                             lower_join, lower_places, lower_groups, lower_layers, lower_resize})
        if (lower(builder, node)) return {};
    lower_by_table(builder, node);
    return {};
}

}  // namespace octavo::onednn
