// Encoding of the messages that ModelBuilder collects. The opset stands last in the file, so that a truncated file never looks whole.
#include "core/formats/onnx/model_builder.h"

#include "core/formats/onnx/proto.h"

#include <protozero/pbf_writer.hpp>

namespace octavo::onnx {
namespace {

using protozero::pbf_writer;

// Opset 19 came with ir_version 9.
std::int64_t ir_version(std::int64_t opset) {
    return opset < 19 ? 8 : 9;
}

struct TypeRow {
    octavo_type type;
    DataType data_type;
};

constexpr TypeRow kTypes[] = {{OCTAVO_F32, DataType::float32}, {OCTAVO_U8, DataType::uint8},  {OCTAVO_S8, DataType::int8},
                              {OCTAVO_S32, DataType::int32},   {OCTAVO_S64, DataType::int64}, {OCTAVO_BOOLEAN, DataType::boolean}};

std::int32_t data_type(octavo_type type) {
    return static_cast<std::int32_t>(onnx_type(type));
}

std::string unique_in(std::set<std::string, std::less<>>& taken, const std::string& wish) {
    std::string name = wish;
    for (int number = 2; !taken.insert(name).second; ++number) name = wish + "." + std::to_string(number);
    return name;
}

std::string encode_dimension(std::int64_t size, bool is_free) {
    std::string bytes;
    pbf_writer dimension(bytes);
    if (is_free) {
        dimension.add_string(2, "N");
    } else {
        dimension.add_int64(1, size);
    }
    return bytes;
}

// Messages are added as strings: protozero leaves out a nested writer that stays empty, and an empty shape means a scalar.
std::string encode_value_info(const Tensor& tensor, bool free_batch) {
    std::string shape_bytes;
    pbf_writer shape(shape_bytes);
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        shape.add_message(1, encode_dimension(tensor.shape[i], i == 0 && (free_batch || tensor.shape[i] < 0)));
    }
    std::string tensor_bytes;
    pbf_writer tensor_type(tensor_bytes);
    tensor_type.add_int32(1, data_type(tensor.type));
    tensor_type.add_message(2, shape_bytes);
    std::string type_bytes;
    pbf_writer(type_bytes).add_message(1, tensor_bytes);
    std::string bytes;
    pbf_writer info(bytes);
    info.add_string(1, tensor.name);
    info.add_message(2, type_bytes);
    return bytes;
}

// AttributeProto: value and type by what the variant holds.
struct AttributeEncoder {
    pbf_writer& out;

    void type(AttributeType type) const { out.add_int32(20, static_cast<std::int32_t>(type)); }
    void operator()(float value) const {
        out.add_float(2, value);
        type(AttributeType::real);
    }
    void operator()(std::int64_t value) const {
        out.add_int64(3, value);
        type(AttributeType::integer);
    }
    void operator()(const std::string& value) const {
        out.add_bytes(4, value);
        type(AttributeType::text);
    }
    void operator()(const std::vector<float>& values) const {
        for (const float value : values) out.add_float(7, value);
        type(AttributeType::reals);
    }
    void operator()(const std::vector<std::int64_t>& values) const {
        for (const std::int64_t value : values) out.add_int64(8, value);
        type(AttributeType::integers);
    }
};

std::string encode_attribute(const std::string& name, const Attribute& value) {
    std::string bytes;
    pbf_writer attribute(bytes);
    attribute.add_string(1, name);
    std::visit(AttributeEncoder{attribute}, value);
    return bytes;
}

std::string encode_opset(std::int64_t version) {
    std::string bytes;
    pbf_writer opset(bytes);
    opset.add_string(1, "");
    opset.add_int64(2, version);
    return bytes;
}

void write_constant(pbf_writer& graph, const std::string& name, octavo_type type, const Shape& shape, const Buffer& data) {
    pbf_writer tensor(graph, 5);
    for (const std::int64_t dim : shape) tensor.add_int64(1, dim);
    tensor.add_int32(2, data_type(type));
    tensor.add_string(8, name);
    tensor.add_bytes(9, reinterpret_cast<const char*>(data.data), data.size_bytes);
}

}  // namespace

std::int64_t onnx_type(octavo_type type) {
    for (const TypeRow& row : kTypes) {
        if (row.type == type) return static_cast<std::int64_t>(row.data_type);
    }
    return 0;
}

std::string ModelBuilder::unique(const std::string& wish) {
    return unique_in(tensor_names_, wish);
}

std::string ModelBuilder::integers(const std::string& wish, std::vector<std::int64_t> values) {
    const Shape shape = {static_cast<std::int64_t>(values.size())};
    return constant<std::int64_t>(wish, OCTAVO_S64, shape, std::move(values));
}

void ModelBuilder::add_input(const Tensor& tensor, bool free_batch) {
    reserve(tensor.name);
    pbf_writer(inputs_).add_message(11, encode_value_info(tensor, free_batch));
}

void ModelBuilder::add_output(const Tensor& tensor, bool free_batch) {
    pbf_writer(outputs_).add_message(12, encode_value_info(tensor, free_batch));
}

void ModelBuilder::add_constant(const std::string& name, octavo_type type, const Shape& shape, Buffer data) {
    reserve(name);
    constants_.push_back({name, type, shape, std::move(data)});
}

void ModelBuilder::add_node(const std::string& name, std::string_view op, const Names& inputs, const Names& outputs,
                            const Attributes& attributes) {
    std::string bytes;
    pbf_writer node(bytes);
    for (const std::string& input : inputs) node.add_string(1, input);
    for (const std::string& output : outputs) node.add_string(2, output);
    node.add_string(3, unique_in(node_names_, name));
    node.add_string(4, op.data(), op.size());
    for (const auto& [key, value] : attributes) node.add_message(5, encode_attribute(key, value));
    pbf_writer(nodes_).add_message(1, bytes);
}

std::string ModelBuilder::finish() const {
    std::size_t size_bytes = nodes_.size() + inputs_.size() + outputs_.size() + 1024;
    for (const Constant& constant : constants_) size_bytes += constant.data.size_bytes + constant.name.size() + 128;
    std::string bytes;
    bytes.reserve(size_bytes);
    pbf_writer model(bytes);
    model.add_int64(1, ir_version(opset_));
    model.add_string(2, "octavo");
    {
        pbf_writer graph(model, 7);
        bytes += nodes_;
        graph.add_string(2, graph_name_);
        for (const Constant& constant : constants_) write_constant(graph, constant.name, constant.type, constant.shape, constant.data);
        bytes += inputs_;
        bytes += outputs_;
    }
    model.add_message(8, encode_opset(opset_));
    return bytes;
}

}  // namespace octavo::onnx
