// Views of tensors in C++: what adapters read, and what data sets of ready-made inputs make.
#pragma once

#include <octavo/abi.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace octavo {

struct TypeRow {
    octavo_type type;
    const char* name;
    std::size_t bytes;
};
inline constexpr TypeRow kTypeRows[] = {{OCTAVO_F32, "f32", 4}, {OCTAVO_U8, "u8", 1},   {OCTAVO_S8, "s8", 1},
                                        {OCTAVO_S32, "s32", 4}, {OCTAVO_S64, "s64", 8}, {OCTAVO_BOOLEAN, "boolean", 1}};

// 0: no such type.
constexpr std::size_t element_bytes(octavo_type type) {
    for (const TypeRow& row : kTypeRows)
        if (row.type == type) return row.bytes;
    return 0;
}
// "?": no such type.
constexpr const char* type_name(octavo_type type) {
    for (const TypeRow& row : kTypeRows)
        if (row.type == type) return row.name;
    return "?";
}

// Row-major, without gaps. `data` is only read through the view, whatever octavo_tensor's pointer says.
inline octavo_tensor dense_tensor(octavo_type type, std::span<const std::int64_t> shape, const void* data) {
    octavo_tensor view{};
    view.type = type;
    view.rank = static_cast<std::int32_t>(shape.size());
    view.data = const_cast<void*>(data);
    std::int64_t stride = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        view.shape[axis] = shape[axis];
        view.strides[axis] = stride;
        stride *= shape[axis];
    }
    return view;
}

// Of an f32 tensor; one index an axis, each inside.
inline float value_at(const octavo_tensor& tensor, std::initializer_list<std::int64_t> index) {
    std::int64_t offset = 0;
    const std::int64_t* stride = tensor.strides;
    for (const std::int64_t i : index) offset += i * *stride++;
    return static_cast<const float*>(tensor.data)[offset];
}

// Row `row` of axis 0 as a tensor of one row: a sample of a batch.
inline octavo_tensor row_of(const octavo_tensor& tensor, std::int64_t row) {
    octavo_tensor view = tensor;
    view.shape[0] = 1;
    view.data = static_cast<std::byte*>(tensor.data) + row * tensor.strides[0] * static_cast<std::int64_t>(element_bytes(tensor.type));
    return view;
}

// "[1, 3, 224, 224]": how messages show it.
inline std::string shape_text(const octavo_tensor& tensor) {
    std::string text = "[";
    for (std::int32_t axis = 0; axis < tensor.rank; ++axis) text += (axis > 0 ? ", " : "") + std::to_string(tensor.shape[axis]);
    return text + "]";
}

}  // namespace octavo
