// From a parsed model to a graph, operator by operator: what the rows of import_rows.h have to hand, and the walk over all operators.
//
// The file's images are NHWC, ours NCHW. A tensor of the file is held as a tensor of the graph together with the order in which that has
// the file's dimensions: TRANSPOSE only changes the order, what takes an axis takes it where the order has it, and values computed one by
// one keep the order of what they read. A Transpose is put only where an operator needs another order than the one that is there. An input
// of rank 4 stands in the graph as NCHW where an image operator is the first that cares (`feeds_images_`), and in the file's order
// elsewhere; outputs are left as they are held where that is NCHW or the file's order.
//
// A quantized operator of the file saturates at the ends of its output's grid. On the way to further products the grid does so here too;
// behind those that none follows, whose values are read as real ones, a Clip says it.
#pragma once

#include "core/formats/tflite/document.h"
#include "core/formats/tflite/order.h"

#include <map>

namespace octavo::tflite {

using Ids = std::vector<TensorId>;

struct Held {
    TensorId id = TensorId::none;
    Order order;
};

class Importer {
public:
    explicit Importer(const Document& document) : document_(document) {}

    // In topological order, shapes not inferred.
    Result<Graph> run();
    // What the file says of the shape of a tensor of the graph, by name: for the caller to compare once shapes are inferred.
    const std::map<std::string, Shape>& claimed() const { return claimed_; }

    // ---- for the rows: of the operator that is being read

    const Operator& op() const { return *op_; }
    std::size_t input_count() const { return op_->inputs.size(); }
    bool has_input(std::size_t i) const { return i < op_->inputs.size() && op_->inputs[i] != kNone; }
    const FileTensor& tensor(std::size_t input) const { return document_.tensors[op_->inputs[input]]; }
    const FileTensor& output(std::size_t i = 0) const { return document_.tensors[op_->outputs[i]]; }
    const Shape& shape(std::size_t input) const { return tensor(input).shape; }
    std::size_t rank(std::size_t input) const { return shape(input).size(); }

    // An input as it is held, or in a wanted order; lower ranks get dimensions of 1 in front.
    const Order& order(std::size_t input) const { return held_[op_->inputs[input]].order; }
    TensorId as_held(std::size_t input) { return in_order(input, order(input)); }
    TensorId in_order(std::size_t input, const Order& order);
    TensorId in_file_order(std::size_t input) { return in_order(input, file_order(rank(input))); }
    TensorId turned(const Held& held, const Order& order);
    bool is_constant(std::size_t input) const { return constants_[op_->inputs[input]].has_value(); }
    // For operands that are computed value by value: an order that is not the file's, where one of the highest rank has such.
    Order common_order() const;
    Ids operands(const Order& order);
    TensorId scalar(std::size_t input) { return in_order(input, {}); }

    // Where the order has these dimensions of the file, of which negative ones count from the end.
    Result<Numbers> places(const Order& order, const Numbers& axes) const;
    Result<std::int64_t> place(const Order& order, std::int64_t axis) const;

    // Values of an input that must be constant.
    Result<Numbers> integers(std::size_t input) const;
    Result<std::int64_t> integer(std::size_t input) const;
    Result<Numbers> integers_of(std::size_t tensor) const;
    // Options; the walk asks the file for faults when the row is done.
    std::int64_t number(std::size_t field, std::int32_t fallback = 0) const { return op_->options.number<std::int32_t>(field, fallback); }
    std::int64_t small(std::size_t field) const { return op_->options.number<std::int8_t>(field, 0); }
    bool flag(std::size_t field) const { return small(field) != 0; }
    float real(std::size_t field) const { return op_->options.number<float>(field, 0.0F); }
    Numbers list(std::size_t field) const;

    TensorId constant(const char* what, Numbers values);
    TensorId constant(const char* what, float value);
    // A node between, with a tensor of its own.
    TensorId between(const char* what, const char* op, Ids inputs, Attributes attributes = {});
    Ids between_all(const char* what, const char* op, Ids inputs, Attributes attributes);  // as many as the operator has outputs
    // The node that writes the operator's output 0; with a fused activation behind it (`activate`), or one that
    // the grid implies. `finish_all` writes every output.
    void finish(const char* op, Ids inputs, Order order, Attributes attributes = {}) { finish_one(0, op, inputs, order, attributes); }
    void finish_one(std::size_t output, const char* op, Ids inputs, Order order, Attributes attributes = {});
    Result<void> activate(const char* op, Ids inputs, Order order, std::int64_t activation, Attributes attributes = {});
    void finish_all(const char* op, Ids inputs, const Order& order, Attributes attributes = {});
    // Output 0 is held as something that is there already.
    void keep(Held held) { put(op_->outputs[0], std::move(held)); }
    void keep_constant(std::size_t input) { constants_[op_->outputs[0]] = constants_[op_->inputs[input]]; }

    // The one operator that reads output 0 of this one and is no other; nullptr: there are none or more, or it is an output of the model.
    const Operator* only_reader(const Operator& op) const;
    // A convolution between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: the blocks become its dilation, their borders its padding.
    struct Dilation {
        Numbers block;
        Numbers pads;  // top, left, bottom, right
    };
    std::map<std::size_t, Dilation> dilations;  // by the tensor that the convolution writes

    Error refusal(const std::string& why) const { return {Code::model, op_->type + " '" + output().name + "': " + why}; }

private:
    TensorId define(const std::string& wish, Tensor tensor);
    Result<void> define_inputs();
    Result<void> read_operator();
    Result<void> list_outputs();
    void yield_name(TensorId id);
    TensorId constant_in(std::size_t place, const Order& order);
    // A tensor of the graph for one of the file that is being made, before its grid.
    TensorId made(std::size_t place, const Order& order);
    // It is held like this, behind its grid where it has one.
    void put(std::size_t place, Held held);
    TensorId on_grid(std::size_t place, TensorId id);
    // Of activations: a scale, and a zero point among the codes.
    Result<void> check_grid(std::size_t place) const;
    // The ends at which the grid alone keeps the output of the last product or ADD.
    std::optional<std::pair<float, float>> implied_ends() const;
    void look_ahead();
    bool has_grid(std::size_t place) const;
    std::string name_of(std::size_t place) const;
    // The operator that writes this; converters name a tensor after all that went into it, "a;b;c".
    std::string node_name_of(std::size_t place) const;
    void add(const std::string& name, const char* op, Ids inputs, Ids outputs, Attributes attributes = {});

    const Document& document_;
    Graph graph_;
    std::map<std::string, int> taken_, taken_nodes_;  // names, with the last number tried
    // [tensor of the file]
    std::vector<Held> held_;
    std::vector<std::optional<Tensor>> constants_;  // in the file's order; in the graph once somebody reads them
    std::vector<std::vector<const Operator*>> readers_;
    std::vector<bool> is_output_;
    std::vector<bool> is_followed_;   // by a product or ADD
    std::vector<bool> feeds_images_;  // an image operator comes first among those that care for the order, along each first reader
    std::map<std::pair<std::size_t, Order>, TensorId> read_constants_;
    std::map<std::pair<TensorId, Order>, TensorId> turned_;
    std::map<TensorId, Grid> grids_;            // of activations
    std::map<TensorId, std::size_t> made_for_;  // tensors of the file
    std::map<std::string, Shape> claimed_;
    const Operator* op_ = nullptr;
};

using ReadRow = Result<void>(Importer& in);
struct Row {
    std::string_view type;
    ReadRow* read;
    std::size_t inputs = 1;   // that must be there
    bool is_image = false;    // takes NHWC alone
    bool is_product = false;  // or ADD
};
// What reads an operator of this type; nullptr: nothing does.
const Row* row_of(std::string_view type);

}  // namespace octavo::tflite
