// See document.h. Numbers of fields are those of the format's schema, version 3.
#include "core/formats/tflite/document.h"

#include "core/base/half.h"

#include <algorithm>

namespace octavo::tflite {
namespace {

template <class Bits, float (*convert)(Bits)>
Buffer floats_of(std::span<const std::byte> raw) {
    std::vector<float> values(raw.size() / sizeof(Bits));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Bits bits;
        std::memcpy(&bits, raw.data() + i * sizeof(Bits), sizeof(Bits));
        values[i] = convert(bits);
    }
    return make_buffer(std::move(values));
}

template <class From, class To>
Buffer widened(std::span<const std::byte> raw) {
    std::vector<To> values(raw.size() / sizeof(From));
    for (std::size_t i = 0; i < values.size(); ++i) {
        From value;
        std::memcpy(&value, raw.data() + i * sizeof(From), sizeof(From));
        values[i] = static_cast<To>(value);
    }
    return make_buffer(std::move(values));
}

struct ElementRow {
    Element element;
    const char* name;
    std::size_t bytes;
    octavo_type becomes;
    Buffer (*read)(std::span<const std::byte>);
    Buffer (*codes)(std::span<const std::byte>);  // of a quantized one; nullptr: not known quantized
};
constexpr ElementRow kElements[] = {
    {Element::float32, "float32", 4, OCTAVO_F32, widened<float, float>, nullptr},
    {Element::float16, "float16", 2, OCTAVO_F32, floats_of<std::uint16_t, from_float16>, nullptr},
    {Element::bfloat16, "bfloat16", 2, OCTAVO_F32, floats_of<std::uint16_t, from_bfloat16>, nullptr},
    {Element::float64, "float64", 8, OCTAVO_F32, widened<double, float>, nullptr},
    {Element::int64, "int64", 8, OCTAVO_S64, widened<std::int64_t, std::int64_t>, widened<std::int64_t, std::int64_t>},
    {Element::int32, "int32", 4, OCTAVO_S64, widened<std::int32_t, std::int64_t>, widened<std::int32_t, std::int64_t>},
    {Element::int16, "int16", 2, OCTAVO_S64, widened<std::int16_t, std::int64_t>, nullptr},
    {Element::int8, "int8", 1, OCTAVO_S8, widened<std::int8_t, std::int8_t>, widened<std::int8_t, std::int64_t>},
    {Element::uint8, "uint8", 1, OCTAVO_U8, widened<std::uint8_t, std::uint8_t>, widened<std::uint8_t, std::int64_t>},
    {Element::boolean, "bool", 1, OCTAVO_BOOLEAN, widened<std::uint8_t, std::uint8_t>, nullptr},
};

const ElementRow* row_of(Element element) {
    const auto row = std::find_if(std::begin(kElements), std::end(kElements), [&](const ElementRow& r) { return r.element == element; });
    return row == std::end(kElements) ? nullptr : row;
}

Grid read_grid(const Table& table) {
    Grid grid{table.numbers<float>(2), table.numbers<std::int64_t>(3), 0};
    grid.axis = static_cast<std::size_t>(table.number<std::int32_t>(6, 0));
    grid.zero_point.resize(grid.scale.size(), grid.zero_point.size() == 1 ? grid.zero_point[0] : 0);  // left out: symmetric
    return grid;
}

// A buffer's bytes: its own, or behind the tables, as large files have them.
std::span<const std::byte> data_of(const Table& buffer, FlatFile& file) {
    const auto offset = buffer.number<std::uint64_t>(1, 0), size = buffer.number<std::uint64_t>(2, 0);
    return offset <= 1 ? buffer.bytes(0) : file.slice(offset, size);
}

Result<FileTensor> read_tensor(const Table& table, std::span<const Table> buffers, FlatFile& file) {
    FileTensor tensor;
    tensor.name = table.text(3);
    tensor.element = Element{table.number<std::int8_t>(1, 0)};
    for (const std::int32_t dim : table.numbers<std::int32_t>(0)) tensor.shape.push_back(dim);
    for (const std::int32_t dim : table.numbers<std::int32_t>(7)) tensor.signature.push_back(dim);
    tensor.grid = read_grid(table.table(4));
    const auto buffer = table.number<std::uint32_t>(2, 0);
    if (buffer >= buffers.size() && buffer != 0)
        return Error(Code::model, "its buffer is " + std::to_string(buffer) + " of " + std::to_string(buffers.size()));
    if (buffer < buffers.size()) tensor.data = data_of(buffers[buffer], file);
    if (std::any_of(tensor.shape.begin(), tensor.shape.end(), [](std::int64_t dim) { return dim < 0; }))
        return Error(Code::model, "its shape has a negative dimension");
    if (tensor.shape.size() > OCTAVO_MAX_RANK)
        return Error(Code::model, "it has " + std::to_string(tensor.shape.size()) + " dimensions, at most " +
                                      std::to_string(OCTAVO_MAX_RANK) + " are supported");
    const bool is_empty = std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
    tensor.is_constant = !tensor.data.empty() || is_empty;
    if (table.number<std::uint8_t>(5, 0) != 0) tensor.oddity = "a variable that the model changes";
    if (table.table(6)) tensor.oddity = "sparse";
    return tensor;
}

Result<std::vector<std::size_t>> read_ids(const Table& table, std::size_t field, const char* what, std::size_t tensors, bool may_lack) {
    std::vector<std::size_t> ids;
    for (const std::int32_t id : table.numbers<std::int32_t>(field)) {
        const bool is_left_out = may_lack && id == -1;
        if (!is_left_out && (id < 0 || static_cast<std::size_t>(id) >= tensors))
            return Error(Code::model, std::string(what) + " is tensor " + std::to_string(id) + " of " + std::to_string(tensors));
        ids.push_back(is_left_out ? kNone : static_cast<std::size_t>(id));
    }
    return ids;
}

// Once the code was a byte; its field is still written and the larger of the two counts.
std::string type_of(const Table& code) {
    const std::int32_t builtin = std::max<std::int32_t>(code.number<std::int8_t>(0, 0), code.number<std::int32_t>(3, 0));
    constexpr std::int32_t kCustom = 32;
    return builtin == kCustom ? "CUSTOM " + std::string(code.text(1)) : operator_name(builtin);
}

Result<Operator> read_operator(const Table& table, const std::vector<Table>& codes, std::size_t tensors) {
    const auto code = table.number<std::uint32_t>(0, 0);
    if (code >= codes.size()) return Error(Code::model, "its code is " + std::to_string(code) + " of " + std::to_string(codes.size()));
    Operator op{type_of(codes[code]), {}, {}, table.table(4)};
    OCTAVO_TRY(op.inputs, read_ids(table, 1, "an input", tensors, true));
    OCTAVO_TRY(op.outputs, read_ids(table, 2, "an output", tensors, false));
    if (op.outputs.empty()) return Error(Code::model, op.type + " has no output");
    return op;
}

// As many as there are up to the first fault of the file, which the caller says.
template <class T, class Read>
Result<std::vector<T>> read_all(const std::vector<Table>& tables, const char* what, Read read) {
    std::vector<T> all;
    for (const Table& table : tables) {
        Result<T> one = read(table);
        if (!one) return one.error().within(what + std::string(" ") + std::to_string(all.size()));
        all.push_back(std::move(*one));
    }
    return all;
}

Result<Document> read_document(const std::shared_ptr<FlatFile>& file) {
    const Table model = Table::root(*file);
    if (const auto version = model.number<std::uint32_t>(0, 0); version != 3)
        return Error(Code::model, "it is of version " + std::to_string(version) + ", expected 3");
    const std::vector<Table> codes = model.tables(1), subgraphs = model.tables(2), buffers = model.tables(4);
    if (subgraphs.empty()) return Error(Code::model, "it has no subgraph");
    const Table& graph = subgraphs.front();
    Document document;
    document.file = file;
    document.name = graph.text(4);
    OCTAVO_TRY(document.tensors,
               read_all<FileTensor>(graph.tables(0), "tensor", [&](const Table& table) { return read_tensor(table, buffers, *file); }));
    OCTAVO_TRY(document.operators, read_all<Operator>(graph.tables(3), "operator", [&](const Table& table) {
                   return read_operator(table, codes, document.tensors.size());
               }));
    OCTAVO_TRY(document.inputs, read_ids(graph, 1, "an input of the model", document.tensors.size(), false));
    OCTAVO_TRY(document.outputs, read_ids(graph, 2, "an output of the model", document.tensors.size(), false));
    return document;
}

std::string shape_text(const Shape& shape) {
    std::string text;
    for (const std::int64_t dim : shape) text += (text.empty() ? "" : ",") + std::to_string(dim);
    return "[" + text + "]";
}

// One scale for all, or one for each slice along the grid's axis.
Result<Buffer> dequantized(const FileTensor& tensor, std::span<const std::int64_t> codes) {
    const Grid& grid = tensor.grid;
    const std::size_t count = grid.scale.size();
    std::size_t run = codes.size();  // values that follow each other with one scale
    if (count > 1) {
        if (grid.axis >= tensor.shape.size() || static_cast<std::size_t>(tensor.shape[grid.axis]) != count)
            return Error(Code::model, std::to_string(count) + " scales along dimension " + std::to_string(grid.axis) + " of " +
                                          shape_text(tensor.shape));
        run = 1;
        for (std::size_t axis = grid.axis + 1; axis < tensor.shape.size(); ++axis) run *= static_cast<std::size_t>(tensor.shape[axis]);
    }
    std::vector<float> values(codes.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t slice = i / run % count;
        values[i] = static_cast<float>(static_cast<double>(grid.scale[slice]) *
                                       (static_cast<double>(codes[i]) - static_cast<double>(grid.zero_point[slice])));
    }
    return make_buffer(std::move(values));
}

}  // namespace

Result<Document> parse_document(std::span<const std::byte> bytes) {
    constexpr std::string_view kIdentifier = "TFL3";
    const bool is_named = bytes.size() >= 8 && std::memcmp(bytes.data() + 4, kIdentifier.data(), kIdentifier.size()) == 0;
    if (!is_named) return Error(Code::model, "no TensorFlow Lite model: expected 'TFL3' at byte 4");
    const auto file = std::make_shared<FlatFile>(bytes);
    Result<Document> document = read_document(file);
    if (file->fault()) return Error(Code::model, "damaged: " + *file->fault());
    return document;
}

const char* element_text(Element element) {
    const ElementRow* row = row_of(element);
    return row ? row->name : "an unknown type";
}

std::optional<octavo_type> graph_type(const FileTensor& tensor) {
    const ElementRow* row = row_of(tensor.element);
    if (!row || (tensor.is_quantized() && !row->codes)) return std::nullopt;
    return tensor.is_quantized() ? OCTAVO_F32 : row->becomes;
}

Result<Tensor> read_constant(const FileTensor& tensor) {
    const ElementRow* row = row_of(tensor.element);
    const auto refusal = [&](const std::string& why) { return Error(Code::model, "tensor '" + tensor.name + "': " + why); };
    if (!tensor.oddity.empty()) return refusal("it is " + tensor.oddity + ", which is not supported");
    if (!row || !graph_type(tensor))
        return refusal("values of type " + std::string(element_text(tensor.element)) + " (" +
                       std::to_string(static_cast<int>(tensor.element)) + ")" + (tensor.is_quantized() ? ", quantized" : "") +
                       ", which is not supported");
    std::size_t count = 1;
    bool fits = true;
    for (const std::int64_t dim : tensor.shape) fits = fits && !__builtin_mul_overflow(count, static_cast<std::size_t>(dim), &count);
    if (!fits || count > tensor.data.size() || count * row->bytes != tensor.data.size())
        return refusal(std::to_string(tensor.data.size()) + " bytes of " + row->name + ", its shape is " + shape_text(tensor.shape));
    Tensor read;
    read.name = tensor.name;
    read.type = *graph_type(tensor);
    read.shape = tensor.shape;
    if (!tensor.is_quantized()) {
        read.data = row->read(tensor.data);
        return read;
    }
    Result<Buffer> values = dequantized(tensor, row->codes(tensor.data).as<std::int64_t>());
    if (!values) return refusal(values.error().message());
    read.data = std::move(*values);
    return read;
}

}  // namespace octavo::tflite
