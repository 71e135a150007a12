// Wire format of ONNX files. Fields are told apart by number and wire type together: a known number with another wire type is skipped like
// an unknown field, so that no value is ever read as what it is not. Graphs that lie deeper than a few others are skipped.
#include "core/formats/onnx/proto.h"

#include <protozero/pbf_reader.hpp>

#include <bit>
#include <cstddef>
#include <cstring>
#include <string>

namespace octavo::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "raw data is little-endian and used in place");

using protozero::pbf_reader;

// No real network comes near; a small hostile file could otherwise claim gigabytes of empty messages.
constexpr std::size_t kMaxMessages = 1'000'000;

// Branches within branches; each is a few frames of the stack.
constexpr int kMaxDepth = 16;

struct TooManyMessages {};

struct Budget {
    void take() {
        if (++used > kMaxMessages) throw TooManyMessages{};
    }

    std::size_t used = 0;
    int depth = 0;
};

constexpr std::uint32_t varint(std::uint32_t field) {
    return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}
constexpr std::uint32_t fixed32(std::uint32_t field) {
    return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed32);
}
constexpr std::uint32_t fixed64(std::uint32_t field) {
    return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed64);
}
constexpr std::uint32_t bytes(std::uint32_t field) {
    return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}

std::string_view view_of(pbf_reader& message) {
    const auto view = message.get_view();
    return {view.data(), view.size()};
}

template <class T>
void append_packed(std::vector<T>& values, std::string_view packed) {
    if (packed.size() % sizeof(T) != 0) throw protozero::invalid_length_exception{};
    const std::size_t before = values.size();
    values.resize(before + packed.size() / sizeof(T));
    if (!packed.empty()) std::memcpy(values.data() + before, packed.data(), packed.size());
}

void append_varints(std::vector<std::int64_t>& values, pbf_reader& message) {
    for (const auto value : message.get_packed_int64()) values.push_back(value);
}

std::pair<std::string_view, std::string_view> parse_entry(pbf_reader message) {
    std::pair<std::string_view, std::string_view> entry;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes(1):
                entry.first = view_of(message);
                break;
            case bytes(2):
                entry.second = view_of(message);
                break;
            default:
                message.skip();
        }
    }
    return entry;
}

TensorProto parse_tensor(pbf_reader message, Budget& budget) {
    budget.take();
    TensorProto tensor;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case varint(1):
                tensor.dims.push_back(message.get_int64());
                break;
            case bytes(1):
                append_varints(tensor.dims, message);
                break;
            case varint(2):
                tensor.type = static_cast<DataType>(message.get_int32());
                break;
            case fixed32(4):
                tensor.floats.push_back(message.get_float());
                break;
            case bytes(4):
                append_packed(tensor.floats, view_of(message));
                break;
            case varint(5):
            case varint(7):
                tensor.ints.push_back(message.get_int64());
                break;
            case bytes(5):
            case bytes(7):
                append_varints(tensor.ints, message);
                break;
            case bytes(8):
                tensor.name = view_of(message);
                break;
            case bytes(9):
                tensor.raw = view_of(message);
                break;
            case fixed64(10):
                tensor.doubles.push_back(message.get_double());
                break;
            case bytes(10):
                append_packed(tensor.doubles, view_of(message));
                break;
            case bytes(13):
                tensor.external.push_back(parse_entry(message.get_message()));
                break;
            case varint(14):
                tensor.is_external = message.get_int32() == 1;
                break;
            default:
                message.skip();
        }
    }
    return tensor;
}

// Files older than the `type` field say it by which field is there.
AttributeType type_by_content(const AttributeProto& attribute, bool has_real, bool has_integer, bool has_text) {
    if (has_real) return AttributeType::real;
    if (has_integer) return AttributeType::integer;
    if (has_text) return AttributeType::text;
    if (attribute.tensor) return AttributeType::tensor;
    if (!attribute.reals.empty()) return AttributeType::reals;
    return AttributeType::integers;
}

void parse_graph(pbf_reader message, GraphProto& graph, Budget& budget);

std::shared_ptr<const GraphProto> parse_branch(pbf_reader message, Budget& budget) {
    if (budget.depth >= kMaxDepth) return nullptr;
    ++budget.depth;
    auto graph = std::make_shared<GraphProto>();
    parse_graph(message, *graph, budget);
    --budget.depth;
    return graph;
}

AttributeProto parse_attribute(pbf_reader message, Budget& budget) {
    budget.take();
    AttributeProto attribute;
    bool has_real = false;
    bool has_integer = false;
    bool has_text = false;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes(1):
                attribute.name = view_of(message);
                break;
            case fixed32(2):
                attribute.real = message.get_float(), has_real = true;
                break;
            case varint(3):
                attribute.integer = message.get_int64(), has_integer = true;
                break;
            case bytes(4):
                attribute.text = view_of(message), has_text = true;
                break;
            case bytes(5):
                attribute.tensor = parse_tensor(message.get_message(), budget);
                break;
            case bytes(6):
                attribute.graph = parse_branch(message.get_message(), budget);
                break;
            case fixed32(7):
                attribute.reals.push_back(message.get_float());
                break;
            case bytes(7):
                append_packed(attribute.reals, view_of(message));
                break;
            case varint(8):
                attribute.integers.push_back(message.get_int64());
                break;
            case bytes(8):
                append_varints(attribute.integers, message);
                break;
            case varint(20):
                attribute.type_number = message.get_int32();
                break;
            case bytes(21):
                attribute.reference = view_of(message);
                break;
            default:
                message.skip();
        }
    }
    attribute.type = static_cast<AttributeType>(attribute.type_number);
    if (attribute.type_number == 0) attribute.type = type_by_content(attribute, has_real, has_integer, has_text);
    return attribute;
}

NodeProto parse_node(pbf_reader message, Budget& budget) {
    budget.take();
    NodeProto node;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes(1):
                node.inputs.push_back(view_of(message));
                break;
            case bytes(2):
                node.outputs.push_back(view_of(message));
                break;
            case bytes(3):
                node.name = view_of(message);
                break;
            case bytes(4):
                node.op = view_of(message);
                break;
            case bytes(5):
                node.attributes.push_back(parse_attribute(message.get_message(), budget));
                break;
            case bytes(7):
                node.domain = view_of(message);
                break;
            case bytes(8):
                node.overload = view_of(message);
                break;
            default:
                message.skip();
        }
    }
    return node;
}

std::optional<std::int64_t> parse_dimension(pbf_reader message) {
    std::optional<std::int64_t> value;
    while (message.next()) {
        if (message.tag_and_type() == varint(1)) {
            value = message.get_int64();
        } else {
            message.skip();
        }
    }
    return value;
}

void parse_shape(pbf_reader message, ValueInfo& info, Budget& budget) {
    info.has_shape = true;
    while (message.next()) {
        if (message.tag_and_type() == bytes(1)) {
            budget.take();
            info.dims.push_back(parse_dimension(message.get_message()));
        } else {
            message.skip();
        }
    }
}

void parse_tensor_type(pbf_reader message, ValueInfo& info, Budget& budget) {
    info.is_tensor = true;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case varint(1):
                info.type = static_cast<DataType>(message.get_int32());
                break;
            case bytes(2):
                parse_shape(message.get_message(), info, budget);
                break;
            default:
                message.skip();
        }
    }
}

ValueInfo parse_value_info(pbf_reader message, Budget& budget) {
    budget.take();
    ValueInfo info;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes(1):
                info.name = view_of(message);
                break;
            case bytes(2): {
                pbf_reader type = message.get_message();
                while (type.next()) {
                    if (type.tag_and_type() == bytes(1)) {
                        parse_tensor_type(type.get_message(), info, budget);
                    } else {
                        type.skip();
                    }
                }
                break;
            }
            default:
                message.skip();
        }
    }
    return info;
}

void parse_graph(pbf_reader message, GraphProto& graph, Budget& budget) {
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes(1):
                graph.nodes.push_back(parse_node(message.get_message(), budget));
                break;
            case bytes(2):
                graph.graph_name = view_of(message);
                break;
            case bytes(5):
                graph.initializers.push_back(parse_tensor(message.get_message(), budget));
                break;
            case bytes(11):
                graph.inputs.push_back(parse_value_info(message.get_message(), budget));
                break;
            case bytes(12):
                graph.outputs.push_back(parse_value_info(message.get_message(), budget));
                break;
            case bytes(15):
                graph.has_sparse_initializer = true, message.skip();
                break;
            default:
                message.skip();
        }
    }
}

std::pair<std::string_view, std::int64_t> parse_opset(pbf_reader message) {
    std::pair<std::string_view, std::int64_t> opset{{}, 0};
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes(1):
                opset.first = view_of(message);
                break;
            case varint(2):
                opset.second = message.get_int64();
                break;
            default:
                message.skip();
        }
    }
    return opset;
}

FunctionProto parse_function(pbf_reader message, Budget& budget) {
    budget.take();
    FunctionProto function;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes(1):
                function.name = view_of(message);
                break;
            case bytes(4):
                function.inputs.push_back(view_of(message));
                break;
            case bytes(5):
                function.outputs.push_back(view_of(message));
                break;
            case bytes(7):
                function.nodes.push_back(parse_node(message.get_message(), budget));
                break;
            case bytes(9):
                budget.take(), function.opsets.push_back(parse_opset(message.get_message()));
                break;
            case bytes(10):
                function.domain = view_of(message);
                break;
            case bytes(11):
                function.defaults.push_back(parse_attribute(message.get_message(), budget));
                break;
            case bytes(13):
                function.overload = view_of(message);
                break;
            default:
                message.skip();
        }
    }
    return function;
}

ModelProto parse_messages(std::string_view file) {
    ModelProto model;
    Budget budget;
    pbf_reader message(file.data(), file.size());
    while (message.next()) {
        switch (message.tag_and_type()) {
            case varint(1):
                model.ir_version = message.get_int64();
                break;
            case bytes(7):
                model.has_graph = true, parse_graph(message.get_message(), model, budget);
                break;
            case bytes(8):
                budget.take(), model.opsets.push_back(parse_opset(message.get_message()));
                break;
            case bytes(25):
                model.functions.push_back(parse_function(message.get_message(), budget));
                break;
            default:
                message.skip();
        }
    }
    return model;
}

}  // namespace

Result<ModelProto> parse_model(std::string_view file) {
    if (file.empty()) return Error(Code::model, "the file is empty, expected an ONNX model");
    try {
        return parse_messages(file);
    } catch (const protozero::end_of_buffer_exception&) {
        return Error(Code::model, "the file is truncated or no ONNX model");
    } catch (const protozero::exception&) {  // what the parser says is of its own terms
        return Error(Code::model, "the file is damaged or no ONNX model");
    } catch (const TooManyMessages&) {
        return Error(Code::model, "the file holds more than " + std::to_string(kMaxMessages) + " messages, which no real network does");
    }
}

}  // namespace octavo::onnx
