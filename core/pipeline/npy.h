// NumPy's .npy files: f32 (in the file also f16 and f64), i64, i32, u8 and bool arrays in C order, little endian, format 1 to 3. What is
// read is checked before memory is taken; what is written is format 1.0.
#pragma once

#include <octavo/abi.h>
#include <octavo/result.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace octavo {

struct Array {
    octavo_type type = OCTAVO_F32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;  // dense, row-major
    std::string file = {};         // that it was read from, for messages
};

Result<Array> read_npy(const std::string& path);
// The same for the bytes of a file; `name` is for messages.
Result<Array> parse_npy(std::span<const std::byte> file, const std::string& name);

// How wide f32 values are in the file.
enum class FloatWidth { single, half, wide };

std::vector<std::byte> npy_bytes(octavo_type type, std::span<const std::int64_t> shape, std::span<const std::byte> values,
                                 FloatWidth width = FloatWidth::single);
Result<void> write_npy(const std::string& path, octavo_type type, std::span<const std::int64_t> shape, std::span<const std::byte> bytes,
                       FloatWidth width = FloatWidth::single);

}  // namespace octavo
