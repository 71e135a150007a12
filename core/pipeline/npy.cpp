// The header is a Python dictionary literal. Its three keys are looked for by name, which is enough for what NumPy writes.
#include "core/pipeline/npy.h"

#include "core/base/files.h"
#include "core/base/half.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace octavo {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

struct TypeRow {
    std::string_view descr;
    octavo_type type;
    std::size_t file_size;  // bytes of an element in the file
};
constexpr TypeRow kTypes[] = {{"<f4", OCTAVO_F32, 4}, {"<i8", OCTAVO_S64, 8},     {"<i4", OCTAVO_S32, 4}, {"|u1", OCTAVO_U8, 1},
                              {"|i1", OCTAVO_S8, 1},  {"|b1", OCTAVO_BOOLEAN, 1}, {"<f8", OCTAVO_F32, 8}, {"<f2", OCTAVO_F32, 2}};

const TypeRow& row_of(octavo_type type, FloatWidth width) {
    const std::size_t size = width == FloatWidth::half ? 2 : width == FloatWidth::wide ? 8 : 4;
    return *std::find_if(std::begin(kTypes), std::end(kTypes),
                         [&](const TypeRow& row) { return row.type == type && (type != OCTAVO_F32 || row.file_size == size); });
}

// What stands behind 'key': in the dictionary, without leading blanks.
std::string_view value_of(std::string_view header, std::string_view key) {
    const std::size_t place = header.find(key);
    if (place == std::string_view::npos) return {};
    std::string_view rest = header.substr(place + key.size());
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return {};
    rest.remove_prefix(colon + 1);
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    return rest;
}

// "(1, 3, 224, 224)". False where it is no tuple of sizes, or has too many elements for memory.
bool read_shape(std::string_view text, std::vector<std::int64_t>& shape, std::uint64_t& count) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
    if (text.empty() || text.front() != '(') return false;
    count = 1;
    std::size_t i = 1;
    while (i < text.size() && text[i] != ')') {
        if (text[i] == ' ' || text[i] == ',') {
            ++i;
            continue;
        }
        std::uint64_t size = 0;
        const std::size_t start = i;
        for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
            size = size * 10 + static_cast<std::uint64_t>(text[i] - '0');
            if (size > kMost) return false;
        }
        if (i == start || shape.size() == OCTAVO_MAX_RANK) return false;
        if (size != 0 && count > kMost / size) return false;
        count *= size;
        shape.push_back(static_cast<std::int64_t>(size));
    }
    return i < text.size();
}

template <class From, class To, class Convert>
std::vector<std::byte> converted(std::span<const std::byte> from, Convert convert) {
    std::vector<std::byte> to(from.size() / sizeof(From) * sizeof(To));
    for (std::size_t i = 0; i < from.size() / sizeof(From); ++i) {
        From value{};
        std::memcpy(&value, from.data() + i * sizeof(From), sizeof(From));
        const To made = convert(value);
        std::memcpy(to.data() + i * sizeof(To), &made, sizeof(To));
    }
    return to;
}

std::vector<std::byte> as_read(const TypeRow& row, std::span<const std::byte> data) {
    if (row.type == OCTAVO_F32 && row.file_size == 8) return converted<double, float>(data, [](double x) { return static_cast<float>(x); });
    if (row.type == OCTAVO_F32 && row.file_size == 2) return converted<std::uint16_t, float>(data, from_float16);
    return {data.begin(), data.end()};
}

std::vector<std::byte> as_written(const TypeRow& row, std::span<const std::byte> data) {
    if (row.type == OCTAVO_F32 && row.file_size == 8) return converted<float, double>(data, [](float x) { return static_cast<double>(x); });
    if (row.type == OCTAVO_F32 && row.file_size == 2) return converted<float, std::uint16_t>(data, to_float16);
    return {data.begin(), data.end()};
}

}  // namespace

Result<Array> parse_npy(std::span<const std::byte> file, const std::string& name) {
    const auto damaged = [&](const std::string& what) { return Error(Code::data, name + ": not a usable .npy file: " + what); };
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (text.size() < 12 || text.substr(0, kMagic.size()) != kMagic) return damaged("the first bytes are not those of NumPy");
    const auto byte_at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text[i])); };
    const bool is_long = byte_at(6) >= 2;
    const std::size_t begin = is_long ? 12 : 10;
    std::size_t length = byte_at(8) | byte_at(9) << 8;
    if (is_long) length |= byte_at(10) << 16 | byte_at(11) << 24;
    if (length > text.size() - begin) return damaged("the header ends behind the file");
    const std::string_view header = text.substr(begin, length);

    std::string_view descr = value_of(header, "'descr'");
    if (descr.size() > 1 && descr.front() == '\'') descr = descr.substr(1, descr.find('\'', 1) - 1);
    const TypeRow* row = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& r) { return r.descr == descr; });
    if (row == std::end(kTypes))
        return damaged("found type " + std::string(descr.substr(0, 16)) + ", expected f2, f4, f8, i4, i8, u1, i1 or b1");
    if (value_of(header, "'fortran_order'").substr(0, 5) != "False") return damaged("found Fortran order, expected C order");
    Array array{row->type, {}, {}, name};
    std::uint64_t count = 0;
    if (!read_shape(value_of(header, "'shape'"), array.shape, count)) return damaged("the shape cannot be read");
    const std::span<const std::byte> data = file.subspan(begin + length);
    if (data.size() != count * row->file_size)
        return damaged("found " + std::to_string(data.size()) + " bytes of data, expected " + std::to_string(count * row->file_size));
    array.bytes = as_read(*row, data);
    return array;
}

Result<Array> read_npy(const std::string& path) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::data));
    return parse_npy(file.bytes(), path);
}

std::vector<std::byte> npy_bytes(octavo_type type, std::span<const std::int64_t> shape, std::span<const std::byte> values,
                                 FloatWidth width) {
    const TypeRow& row = row_of(type, width);
    const std::vector<std::byte> bytes = as_written(row, values);
    std::string header = "{'descr': '" + std::string(row.descr) + "', 'fortran_order': False, 'shape': (";
    for (const std::int64_t size : shape) header += std::to_string(size) + ", ";
    if (shape.size() > 1) header.resize(header.size() - 2);
    if (shape.size() == 1) header.resize(header.size() - 1);  // "(5,)"
    header += "), }";
    constexpr std::size_t kBefore = 10;
    while ((kBefore + header.size() + 1) % kAlignment != 0) header += ' ';
    header += '\n';
    std::string file(kMagic);
    file += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    file += header;
    std::vector<std::byte> out(file.size() + bytes.size());
    std::memcpy(out.data(), file.data(), file.size());
    if (!bytes.empty()) std::memcpy(out.data() + file.size(), bytes.data(), bytes.size());
    return out;
}

Result<void> write_npy(const std::string& path, octavo_type type, std::span<const std::int64_t> shape, std::span<const std::byte> bytes,
                       FloatWidth width) {
    return write_atomically(path, npy_bytes(type, shape, bytes, width), Code::data);
}

}  // namespace octavo
