// A TensorFlow Lite model as it stands in its file, the first subgraph alone: tensors, and operators in the order in which they run, with
// what each field means said in one place. Ids are checked here, and nothing behind this looks at an id or an offset again; what reads an
// operator's options asks `fault` afterwards.
#pragma once

#include "core/formats/tflite/flat_table.h"
#include "core/graph/graph.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace octavo::tflite {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);  // an input that is left out

// real = scale * (q - zero_point); no scale: not quantized.
struct Grid {
    std::vector<float> scale;
    std::vector<std::int64_t> zero_point;
    std::size_t axis = 0;  // along which there is one scale each

    bool operator==(const Grid&) const = default;
};

enum class Element : std::int8_t {
    float32 = 0,
    float16 = 1,
    int32 = 2,
    uint8 = 3,
    int64 = 4,
    boolean = 6,
    int16 = 7,
    int8 = 9,
    float64 = 10,
    bfloat16 = 18
};

struct FileTensor {
    std::string name;  // unique is not promised
    Element element = Element::float32;
    Shape shape;
    Shape signature;  // -1: open; empty: as `shape`
    Grid grid;
    std::span<const std::byte> data;  // of constants
    bool is_constant = false;
    std::string oddity;  // what keeps it from being read: "sparse"

    bool is_quantized() const { return !grid.scale.empty(); }
};

struct Operator {
    std::string type;  // "CONV_2D"
    std::vector<std::size_t> inputs;
    std::vector<std::size_t> outputs;
    Table options;
};

struct Document {
    std::shared_ptr<FlatFile> file;
    std::string name;
    std::vector<FileTensor> tensors;
    std::vector<Operator> operators;
    std::vector<std::size_t> inputs;
    std::vector<std::size_t> outputs;
};

// The bytes must outlive the document. Error: Code::model.
Result<Document> parse_document(std::span<const std::byte> bytes);

// What values of this type are in a graph: integers of any width become s64, floats f32, quantized ones f32; nothing: not supported.
std::optional<octavo_type> graph_type(const FileTensor& tensor);
const char* element_text(Element element);  // "int8"

// A constant's values, in the file's order of dimensions, dequantized.
Result<Tensor> read_constant(const FileTensor& tensor);

// "CONV_2D"; for what has no name here: "operator 250".
std::string operator_name(std::int32_t builtin);

}  // namespace octavo::tflite
