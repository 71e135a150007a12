// One row a data type: how its raw bytes and its repeated field become the data of a Tensor.
#include "core/formats/onnx/constants.h"

#include "core/base/files.h"
#include "core/base/half.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace octavo::onnx {
namespace {

template <class T>
Buffer in_place(const std::shared_ptr<const void>& owner, std::string_view raw) {
    const bool aligned = reinterpret_cast<std::uintptr_t>(raw.data()) % alignof(T) == 0;
    if (aligned) return {owner, reinterpret_cast<const std::byte*>(raw.data()), raw.size()};
    std::vector<T> copy(raw.size() / sizeof(T));
    if (!copy.empty()) std::memcpy(copy.data(), raw.data(), raw.size());
    return make_buffer(std::move(copy));
}

template <class Stored, class Convert>
Buffer converted(std::string_view raw, Convert convert) {
    std::vector<float> values(raw.size() / sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
        values[i] = convert(stored);
    }
    return make_buffer(std::move(values));
}

template <class T, class From, class Convert>
Buffer listed(const std::vector<From>& list, Convert convert) {
    std::vector<T> values;
    values.reserve(list.size());
    for (const From& value : list) values.push_back(convert(value));
    return make_buffer(std::move(values));
}

struct TypeRow {
    DataType type;
    const char* name;
    octavo_type becomes;
    std::size_t stored_bytes;
    std::size_t (*listed_count)(const TensorProto&);
    Buffer (*from_raw)(const std::shared_ptr<const void>&, std::string_view);
    Buffer (*from_list)(const TensorProto&);
};

std::size_t count_ints(const TensorProto& proto) {
    return proto.ints.size();
}

template <class T>
constexpr TypeRow integer_row(DataType type, const char* name, octavo_type becomes) {
    return {type, name, becomes, sizeof(T), count_ints, in_place<T>, [](const TensorProto& proto) {
                return listed<T>(proto.ints, [](std::int64_t value) { return static_cast<T>(value); });
            }};
}

template <float (*Widen)(std::uint16_t)>
constexpr TypeRow half_row(DataType type, const char* name) {
    return {type,
            name,
            OCTAVO_F32,
            2,
            count_ints,
            [](const std::shared_ptr<const void>&, std::string_view raw) { return converted<std::uint16_t>(raw, Widen); },
            [](const TensorProto& proto) {
                return listed<float>(proto.ints, [](std::int64_t value) { return Widen(static_cast<std::uint16_t>(value)); });
            }};
}

const TypeRow kRows[] = {
    {DataType::float32, "float32", OCTAVO_F32, 4, [](const TensorProto& proto) { return proto.floats.size(); }, in_place<float>,
     [](const TensorProto& proto) { return make_buffer(proto.floats); }},
    {DataType::float64, "float64", OCTAVO_F32, 8, [](const TensorProto& proto) { return proto.doubles.size(); },
     [](const std::shared_ptr<const void>&, std::string_view raw) {
         return converted<double>(raw, [](double value) { return static_cast<float>(value); });
     },
     [](const TensorProto& proto) { return listed<float>(proto.doubles, [](double value) { return static_cast<float>(value); }); }},
    half_row<from_float16>(DataType::float16, "float16"),
    half_row<from_bfloat16>(DataType::bfloat16, "bfloat16"),
    integer_row<std::int64_t>(DataType::int64, "int64", OCTAVO_S64),
    integer_row<std::int32_t>(DataType::int32, "int32", OCTAVO_S32),
    integer_row<std::int8_t>(DataType::int8, "int8", OCTAVO_S8),
    integer_row<std::uint8_t>(DataType::uint8, "uint8", OCTAVO_U8),
    integer_row<std::uint8_t>(DataType::boolean, "bool", OCTAVO_BOOLEAN),
};

const TypeRow* row_of(DataType type) {
    for (const TypeRow& row : kRows) {
        if (row.type == type) return &row;
    }
    return nullptr;
}

// Elements by the dimensions; an error where they are negative, too many, or no memory could hold them.
Result<std::size_t> count_of(const std::vector<std::int64_t>& dims) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
    if (dims.size() > OCTAVO_MAX_RANK) {
        return Error(Code::model,
                     std::to_string(dims.size()) + " dimensions, at most " + std::to_string(OCTAVO_MAX_RANK) + " are supported");
    }
    std::uint64_t count = 1;
    for (const std::int64_t dim : dims) {
        if (dim < 0) return Error(Code::model, "a dimension of " + std::to_string(dim) + ", expected none below 0");
        if (dim != 0 && count > kMost / static_cast<std::uint64_t>(dim)) return Error(Code::model, "dimensions too large for any memory");
        count *= static_cast<std::uint64_t>(dim);
    }
    return static_cast<std::size_t>(count);
}

Result<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return Error(Code::model, "external data with the number '" + std::string(text) + "', expected digits");
    }
    return value;
}

// A file below the model's folder: no absolute path, no step upwards.
bool is_below(std::string_view location) {
    if (location.empty() || location.front() == '/' || location.find('\\') != location.npos || location.find('\0') != location.npos)
        return false;
    while (!location.empty()) {
        const std::size_t slash = std::min(location.find('/'), location.size());
        if (location.substr(0, slash) == "..") return false;
        location.remove_prefix(std::min(slash + 1, location.size()));
    }
    return true;
}

}  // namespace

std::optional<octavo_type> graph_type(DataType type) {
    const TypeRow* row = row_of(type);
    return row ? std::optional(row->becomes) : std::nullopt;
}

std::string type_name(DataType type) {
    const TypeRow* row = row_of(type);
    return row ? row->name : "data type " + std::to_string(static_cast<std::int32_t>(type));
}

Result<ConstantReader::Raw> ConstantReader::external(const TensorProto& proto) {
    std::string_view location;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;
    for (const auto& [key, value] : proto.external) {
        if (key == "location") location = value;
        if (key == "offset") {
            OCTAVO_TRY(offset, number_of(value));
        }
        if (key == "length") {
            OCTAVO_TRY(length, number_of(value));
        }
    }
    const std::string shown = "external data '" + std::string(location) + "'";
    if (!is_below(location)) return Error(Code::model, shown + " lies outside the model's folder, expected a path relative to it");
    if (!folder_) return Error(Code::model, shown + " cannot be found: the model was not read from a file");
    auto found = files_.find(location);
    if (found == files_.end()) {
        OCTAVO_TRY(const MappedFile file, map_file(*folder_ + std::string(location), Code::model));
        found = files_.emplace(location, Raw{file.owner, file.text()}).first;
    }
    const std::string_view bytes = found->second.bytes;
    if (offset > bytes.size() || length.value_or(0) > bytes.size() - offset) {
        return Error(Code::model, shown + " has " + std::to_string(bytes.size()) + " bytes, the tensor wants " +
                                      std::to_string(length.value_or(0)) + " from byte " + std::to_string(offset) + " on");
    }
    return Raw{found->second.owner, bytes.substr(offset, length.value_or(bytes.size() - offset))};
}

Result<ConstantReader::Raw> ConstantReader::raw_of(const TensorProto& proto) {
    if (proto.is_external) return external(proto);
    return Raw{owner_, *proto.raw};
}

Result<Tensor> ConstantReader::read(const TensorProto& proto) {
    const TypeRow* row = row_of(proto.type);
    if (!row) return Error(Code::model, "values of " + type_name(proto.type) + ", which is not supported");
    OCTAVO_TRY(const std::size_t count, count_of(proto.dims));
    Tensor tensor;
    tensor.type = row->becomes;
    tensor.shape = proto.dims;
    if (!proto.raw && !proto.is_external) {
        if (row->listed_count(proto) != count) {
            return Error(Code::model, std::to_string(row->listed_count(proto)) + " values of " + row->name + ", its dimensions need " +
                                          std::to_string(count));
        }
        tensor.data = row->from_list(proto);
        return tensor;
    }
    OCTAVO_TRY(Raw raw, raw_of(proto));
    const std::size_t wanted = count * row->stored_bytes;
    if (proto.is_external && raw.bytes.size() > wanted) raw.bytes = raw.bytes.substr(0, wanted);  // `length` may be absent
    if (raw.bytes.size() != wanted) {
        return Error(Code::model,
                     std::to_string(raw.bytes.size()) + " bytes of " + row->name + ", its dimensions need " + std::to_string(wanted));
    }
    tensor.data = row->from_raw(raw.owner, raw.bytes);
    return tensor;
}

}  // namespace octavo::onnx
