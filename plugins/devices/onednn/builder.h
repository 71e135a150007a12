// Builder: turns nodes into steps. It knows in which forms (real numbers, codes for everybody, codes for depthwise readers) each tensor is
// wanted, hands out buffers, and inserts the conversions that readers and writers do not do themselves. Rank-4 tensors lie channels-last in
// every form, or row by row for those who ask, as real numbers and as codes for everybody; others are dense.
#pragma once

#include "kernels/cpu.h"
#include "kernels/values.h"
#include "program.h"
#include "slices.h"

#include "ops/op.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace octavo::onednn {

enum class Form : std::size_t { real, whole, depthwise };

// Channels-last geometry of a tensor: images x pixels x channels. Of all but pictures in f32: rows of the last axis, or where these are too
// short for vectors an image a row, and one pixel.
struct Layout {
    std::int64_t images = 1, pixels = 1, channels = 1;
    std::int64_t count() const { return images * pixels * channels; }
};
Layout layout_of(const octavo_tensor_info& tensor);
std::size_t byte_count(const octavo_tensor_info& tensor);
// Whether channels-last is another order than row by row.
bool is_picture(const octavo_tensor_info& tensor);
// Of what lies row by row, the last axis as channels.
Layout layout_of_rows(const octavo_tensor_info& tensor);

// Channels-last (or dense) real numbers to row-major, and back.
void to_rows(const Layout& layout, const float* from, float* to);
void from_rows(const Layout& layout, const float* from, float* to);

// Constants of a quantization, one a channel, padded to a multiple of 16 so that vectors may read beyond the last.
struct CodeParameters {
    std::vector<float> scale, reciprocal, zero_point;
    std::vector<std::int32_t> integer_zero_point;
    bool per_channel = false;
};

// Where a step puts its results: bound to addresses later.
struct Target {
    BufferId buffer = BufferId::none;
    std::shared_ptr<const CodeParameters> parameters;  // null: real numbers
    std::int64_t stride = 0, offset = 0;               // values from pixel to pixel, and in front of the first
};

struct Source {
    BufferId buffer = BufferId::none;
    std::shared_ptr<const CodeParameters> parameters;  // null: real numbers
    std::int64_t stride = 0, offset = 0;               // as a target's; stride 0: as many as there are channels
};

// Whose kernels multiply in int8: oneDNN's with AMX, else our own; or one of them always.
enum class Products { fastest, own, dnnl };
inline bool by_dnnl(Products products) {
    return products == Products::dnnl || (products == Products::fastest && cpu_isa() == Isa::amx);
}

class Builder {
public:
    Builder(const octavo_graph& graph, const octavo_plan* plan, const octavo_compile_options& options, int threads, Products products);

    const octavo_graph& graph() const { return graph_; }
    const octavo_plan* plan() const { return plan_; }
    int threads() const { return threads_; }
    float tolerance() const { return tolerance_; }
    // Whether int8 products are oneDNN's where it can say the same: its matrix units (AMX) are several times as fast as our kernels.
    bool by_dnnl() const { return onednn::by_dnnl(products_); }
    std::span<const octavo_tensor_info> tensors() const { return {graph_.tensors, static_cast<std::size_t>(graph_.tensor_count)}; }
    ops::NodeView view(std::int32_t node) const { return {graph_.nodes[node], tensors()}; }
    const octavo_tensor_info& tensor(std::int32_t id) const { return graph_.tensors[id]; }
    octavo_precision precision(std::int32_t node) const;

    bool is_quantized(std::int32_t tensor) const;
    bool has(std::int32_t tensor, Form form) const;  // the plan has parameters of this form
    std::shared_ptr<const CodeParameters> parameters(std::int32_t tensor, Form form) const;
    bool is_wanted_whole_only(std::int32_t tensor) const;  // nobody reads it in another form
    struct Reader {
        std::int32_t node;
        std::size_t input;
    };
    const std::vector<Reader>& readers(std::int32_t tensor) const { return readers_[static_cast<std::size_t>(tensor)]; }
    // Where the codes for everybody lie.
    const Slice& slice(std::int32_t tensor) const { return slices_[static_cast<std::size_t>(tensor)]; }
    bool equal_codes(std::int32_t a, std::int32_t b) const;  // both have one grid for everybody, and it is the same
    // Of the sum that the node adds a residual to; null: it stays real.
    std::shared_ptr<const CodeParameters> inner_parameters(std::int32_t node) const;
    // The shape of a tensor in the present run, where it is only bounded before; null for all others.
    std::shared_ptr<ops::Shape> bounded_shape(std::int32_t tensor) const;
    // Real numbers row by row, as the outside has them. Of all tensors but pictures (is_picture) that is Form::real itself.
    BufferId read_rows(std::int32_t tensor);
    // A picture that lies row by row and not yet channels-last.
    bool lies_in_rows(std::int32_t tensor) const;
    // As finish_from_real, for producers that write row by row.
    void finish_from_rows(std::int32_t tensor, BufferId rows);
    // Codes for everybody row by row.
    BufferId read_codes_in_rows(std::int32_t tensor);
    // They, or the real numbers of a tensor without them, as a Gemm reads them.
    Source source_in_rows(std::int32_t tensor);
    // And as it writes them.
    Target target_in_rows(std::int32_t tensor);
    // Declares that the tensor's codes for everybody lie row by row in `buffer`.
    void set_codes_in_rows(std::int32_t tensor, BufferId buffer);
    // Whether those who read the tensor's codes take them row by row.
    bool is_wanted_in_rows(std::int32_t tensor) const { return wanted_in_rows_[static_cast<std::size_t>(tensor)]; }
    // Declares that the tensor's values, on its grid if it has one, lie row by row in `buffer`.
    void set_rows(std::int32_t tensor, BufferId buffer);
    // Of rank 3: that they lie in columns, [N, P, C] for [N, C, P], as a picture without its rows does. Turned where somebody reads them
    // otherwise.
    void set_columns(std::int32_t tensor, BufferId buffer) { columns_[tensor] = buffer; }
    std::optional<BufferId> columns(std::int32_t tensor) const {
        const auto found = columns_.find(tensor);
        return found == columns_.end() ? std::nullopt : std::optional(found->second);
    }
    void set_bounded(std::int32_t tensor) { bounded_[tensor] = std::make_shared<ops::Shape>(); }
    // Data of a constant as the plan has it.
    const void* constant(std::int32_t tensor) const;

    BufferId add_buffer(std::size_t size_bytes, BufferId alias = BufferId::none);
    // A form of a tensor that exists by now, converted if need be.
    BufferId read(std::int32_t tensor, Form form);
    // A depthwise convolution, of a tensor that has a grid by channel beside its own.
    bool reads_codes_by_channel(const ops::NodeView& node, std::size_t input) const;
    // The real numbers that an operator in floating point reads: a depthwise convolution those of the grid by channel, where there is one
    // beside that of the tensor.
    BufferId read_real(const ops::NodeView& node, std::size_t input);
    // A form that lies in `buffer`, as it lies there.
    Source source(std::int32_t tensor, Form form, BufferId buffer) const;
    // The forms that the producer of `tensor` should write itself: at least one, at most two.
    std::vector<Target> targets(std::int32_t tensor);
    Target whole_target(std::int32_t tensor);  // of them that for everybody
    // For producers that can only write real numbers: afterwards the wanted forms exist.
    void finish_from_real(std::int32_t tensor, BufferId real);
    // For those that write codes for everybody in `buffer`, or real numbers.
    void finish(std::int32_t tensor, BufferId buffer, bool codes) {
        codes ? set(tensor, Form::whole, buffer) : finish_from_real(tensor, buffer);
    }
    // Declares that a form of the tensor lies in `buffer`.
    void set(std::int32_t tensor, Form form, BufferId buffer);

    // Whom turned pictures are for: a node, or with -1 nobody.
    void begin(std::int32_t node) { lowered_ = node; }
    void add_step(std::unique_ptr<Step> step);
    template <class T>
    T& add(std::unique_ptr<T> step, const ops::NodeView& node, octavo_precision precision, std::string implementation) {
        step->name = node.name();
        step->op = node.op();
        step->precision = precision;
        step->implementation = std::move(implementation);
        T& kept = *step;
        add_step(std::move(step));
        return kept;
    }

    std::vector<Buffer> take_buffers() { return std::move(buffers_); }
    std::vector<std::unique_ptr<Step>> take_steps() { return std::move(steps_); }

private:
    void collect_wanted(const octavo_compile_options& options);
    void want(std::int32_t tensor, Form form) { wanted_[static_cast<std::size_t>(tensor)][static_cast<std::size_t>(form)] = true; }
    void convert(std::int32_t tensor, const Source& from, const Target& to, const char* verb);
    template <class T = float>
    BufferId turn(std::int32_t tensor, const Layout& layout, BufferId from, bool to_rows);
    bool is_slice(std::int32_t tensor) const { return slice(tensor).root != tensor; }
    BufferId quantize_rows(std::int32_t tensor, BufferId rows);

    const octavo_graph& graph_;
    const octavo_plan* plan_;
    int threads_;
    float tolerance_;
    Products products_;
    std::int32_t lowered_ = -1;
    std::vector<std::array<bool, 3>> wanted_;
    std::vector<std::vector<Reader>> readers_;
    std::vector<Slice> slices_;
    std::map<std::int32_t, BufferId> rows_, code_rows_, columns_;  // of rank 4, and of rank 3
    std::vector<bool> wanted_in_rows_;                             // [tensor] of rank 4
    std::vector<std::array<BufferId, 3>> form_;
    std::vector<BufferId> whole_;  // where producers put codes for everybody
    std::map<std::int32_t, std::shared_ptr<ops::Shape>> bounded_;
    mutable std::map<std::pair<std::int32_t, Form>, std::shared_ptr<const CodeParameters>> parameters_;
    std::vector<Buffer> buffers_;
    std::vector<std::unique_ptr<Step>> steps_;
};

// ---- lowering, one family a file; each handles the node wholly or says why not

Result<void> lower_node(Builder& builder, std::int32_t node);
Result<void> lower_product_f32(Builder& builder, std::int32_t node);   // oneDNN
Result<void> lower_product_int8(Builder& builder, std::int32_t node);  // own kernels, or with AMX oneDNN
bool lower_transposed(Builder& builder, std::int32_t node);            // oneDNN
bool lower_pool(Builder& builder, std::int32_t node);
bool lower_pointwise(Builder& builder, std::int32_t node);
bool lower_concat(Builder& builder, std::int32_t node);
bool lower_rows(Builder& builder, std::int32_t node);
bool lower_normalization(Builder& builder, std::int32_t node);
bool lower_reshape(Builder& builder, std::int32_t node);
bool lower_matmul(Builder& builder, std::int32_t node);  // oneDNN
bool lower_function(Builder& builder, std::int32_t node);
bool lower_broadcast(Builder& builder, std::int32_t node);
bool lower_reduction(Builder& builder, std::int32_t node);
bool lower_softmax(Builder& builder, std::int32_t node);
bool lower_join(Builder& builder, std::int32_t node);
bool lower_places(Builder& builder, std::int32_t node);
bool lower_groups(Builder& builder, std::int32_t node);
bool lower_layers(Builder& builder, std::int32_t node);
bool lower_resize(Builder& builder, std::int32_t node);
bool lower_moves(Builder& builder, std::int32_t node);
void lower_by_table(Builder& builder, std::int32_t node);  // the operator table's own arithmetic, for all the rest
void lower_inputs(Builder& builder);
void lower_outputs(Builder& builder);
void lower_tap(Builder& builder, std::int32_t tensor);

}  // namespace octavo::onednn
