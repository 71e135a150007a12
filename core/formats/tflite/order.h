// Orders of dimensions: how a tensor of the file lies in one of the graph.
#pragma once

#include "core/graph/graph.h"

namespace octavo::tflite {

// Dimension i of the graph's tensor is dimension order[i] of the file's.
using Order = std::vector<std::size_t>;
using Numbers = std::vector<std::int64_t>;

inline const Order kImage = {0, 3, 1, 2};  // NHWC held as NCHW
Order file_order(std::size_t rank);

std::size_t place_of(const Order& order, std::size_t axis);
Numbers as_numbers(const Order& order);
// The order of what is left without the dimensions at these places of it.
Order without(const Order& order, const Numbers& places);

// One entry for each dimension of the file, in the order of the graph's.
template <class T>
std::vector<T> permuted(const std::vector<T>& values, const Order& order) {
    std::vector<T> result;
    for (const std::size_t axis : order) result.push_back(values[axis]);
    return result;
}
// The values of a tensor of this shape, `element` bytes each.
Buffer permuted(const Buffer& data, const Shape& shape, const Order& order, std::size_t element);

}  // namespace octavo::tflite
