// MaxPool: the largest value of each window; padding never wins. The second output says where each stands: its position in the whole input,
// counted row-major, or with storage_order 1 column-major within a plane.
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"auto_pad", OCTAVO_ATTRIBUTE_STRING, "NOTSET"}, {"ceil_mode", OCTAVO_ATTRIBUTE_INT, "0"},
    {"dilations", OCTAVO_ATTRIBUTE_INTS, "1s"},      {"kernel_shape", OCTAVO_ATTRIBUTE_INTS, "required"},
    {"pads", OCTAVO_ATTRIBUTE_INTS, "0s"},           {"storage_order", OCTAVO_ATTRIBUTE_INT, "0"},
    {"strides", OCTAVO_ATTRIBUTE_INTS, "1s"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    OCTAVO_TRY(const Window window, window_of(node));
    const Shape shape = pooled_shape(node.input_shape(0), window);
    Types types = one_output(node.input(0).type, shape);
    if (node.output_count() > 1) types.push_back({OCTAVO_S64, shape});
    return types;
}

// Bytes are compared as wider numbers, so that a window of the least of them has a place, too.
template <class T>
struct Largest {
    using Wide = std::conditional_t<std::is_same_v<T, float>, float, std::int64_t>;
    Wide value = std::numeric_limits<Wide>::lowest();
    std::int64_t y = 0, x = 0;
};

template <class T>
Largest<T> largest(const Window& w, const T* plane, std::int64_t oy, std::int64_t ox) {
    Largest<T> result;
    for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
        const std::int64_t y = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
        if (y < 0 || y >= w.input_h) continue;
        for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
            const std::int64_t x = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
            if (x >= 0 && x < w.input_w && plane[y * w.input_w + x] > result.value) result = {plane[y * w.input_w + x], y, x};
        }
    }
    return result;
}

template <class T>
void pool(const Window& w, bool by_columns, Inputs inputs, Outputs outputs) {
    const std::int64_t planes = inputs[0].shape[0] * inputs[0].shape[1];
    const T* plane = static_cast<const T*>(inputs[0].data);
    T* out = static_cast<T*>(outputs[0].data);
    std::int64_t* position = is_given(outputs, 1) ? static_cast<std::int64_t*>(outputs[1].data) : nullptr;
    for (std::int64_t i = 0; i < planes; ++i, plane += w.input_h * w.input_w)
        for (std::int64_t oy = 0; oy < w.output_h; ++oy)
            for (std::int64_t ox = 0; ox < w.output_w; ++ox) {
                const Largest<T> found = largest(w, plane, oy, ox);
                *out++ = static_cast<T>(found.value);
                if (position)
                    *position++ = i * w.input_h * w.input_w + (by_columns ? found.x * w.input_h + found.y : found.y * w.input_w + found.x);
            }
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window w, window_of(node));
    const bool by_columns = node.integer("storage_order", 0) != 0;
    with_type(outputs[0].type, [&](auto zero) { pool<decltype(zero)>(w, by_columns, inputs, outputs); });
    return {};
}

}  // namespace

extern const Row max_pool_row;
const Row max_pool_row = {"MaxPool", 1, 1, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
