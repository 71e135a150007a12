// The messages of onnx.proto as plain structs, as far as Octavo reads them. `parse_model` checks the wire format only: lengths, wire
// types, the number of messages, and how deep graphs lie in graphs. Strings and raw data are views into the parsed bytes and must not
// outlive them.
#pragma once

#include <octavo/result.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace octavo::onnx {

// Of the operators that ONNX itself defines.
inline bool is_standard(std::string_view domain) {
    return domain.empty() || domain == "ai.onnx";
}

// TensorProto.DataType
enum class DataType : std::int32_t {
    undefined = 0,
    float32 = 1,
    uint8 = 2,
    int8 = 3,
    uint16 = 4,
    int16 = 5,
    int32 = 6,
    int64 = 7,
    string = 8,
    boolean = 9,
    float16 = 10,
    float64 = 11,
    bfloat16 = 16
};

struct TensorProto {
    std::string_view name;
    DataType type = DataType::undefined;
    std::vector<std::int64_t> dims;
    std::optional<std::string_view> raw;
    std::vector<float> floats;
    std::vector<std::int64_t> ints;  // int32_data or int64_data
    std::vector<double> doubles;
    std::vector<std::pair<std::string_view, std::string_view>> external;
    bool is_external = false;
};

// AttributeProto.AttributeType
enum class AttributeType : std::int32_t { undefined = 0, real = 1, integer = 2, text = 3, tensor = 4, graph = 5, reals = 6, integers = 7 };

struct GraphProto;

struct AttributeProto {
    std::string_view name;
    AttributeType type = AttributeType::undefined;
    std::int32_t type_number = 0;  // as the file has it: types that Octavo does not read keep their number
    float real = 0;
    std::int64_t integer = 0;
    std::string_view text;
    std::vector<float> reals;
    std::vector<std::int64_t> integers;
    std::optional<TensorProto> tensor;
    std::shared_ptr<const GraphProto> graph;  // a branch of If
    std::string_view reference;               // in a function: which attribute of the call this one is
};

struct NodeProto {
    std::string_view name;
    std::string_view op;
    std::string_view domain;
    std::string_view overload;
    std::vector<std::string_view> inputs;
    std::vector<std::string_view> outputs;
    std::vector<AttributeProto> attributes;
};

struct ValueInfo {
    std::string_view name;
    bool is_tensor = false;
    DataType type = DataType::undefined;
    bool has_shape = false;
    std::vector<std::optional<std::int64_t>> dims;  // nullopt: a name, or nothing
};

struct GraphProto {
    std::string_view graph_name;
    std::vector<NodeProto> nodes;
    std::vector<TensorProto> initializers;
    std::vector<ValueInfo> inputs;
    std::vector<ValueInfo> outputs;
    bool has_sparse_initializer = false;
};

using Opsets = std::vector<std::pair<std::string_view, std::int64_t>>;  // domain, version

// An operator that the model itself defines.
struct FunctionProto {
    std::string_view name, domain, overload;
    std::vector<std::string_view> inputs, outputs;
    std::vector<AttributeProto> defaults;
    std::vector<NodeProto> nodes;
    Opsets opsets;
};

struct ModelProto : GraphProto {
    std::int64_t ir_version = 0;
    Opsets opsets;
    bool has_graph = false;
    std::vector<FunctionProto> functions;
    std::shared_ptr<std::deque<std::string>> made_names;  // what views point to that are not of the file
};

Result<ModelProto> parse_model(std::string_view bytes);

}  // namespace octavo::onnx
