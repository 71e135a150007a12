// See order.h.
#include "core/formats/tflite/order.h"

#include <algorithm>
#include <numeric>

namespace octavo::tflite {

Order file_order(std::size_t rank) {
    Order order(rank);
    std::iota(order.begin(), order.end(), 0);
    return order;
}

std::size_t place_of(const Order& order, std::size_t axis) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), axis) - order.begin());
}

Numbers as_numbers(const Order& order) {
    return {order.begin(), order.end()};
}

Order without(const Order& order, const Numbers& places) {
    Order left;
    for (std::size_t i = 0; i < order.size(); ++i)
        if (std::find(places.begin(), places.end(), static_cast<std::int64_t>(i)) == places.end()) left.push_back(order[i]);
    Order sorted = left;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t& axis : left) axis = place_of(sorted, axis);
    return left;
}

Buffer permuted(const Buffer& data, const Shape& shape, const Order& order, std::size_t element) {
    std::vector<std::size_t> strides(shape.size(), element);
    for (std::size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * static_cast<std::size_t>(shape[axis]);
    std::vector<std::byte> result(data.size_bytes);
    std::vector<std::int64_t> at(shape.size(), 0);
    std::size_t from = 0;
    for (std::size_t to = 0; to < result.size(); to += element) {
        std::copy_n(data.data + from, element, result.begin() + static_cast<std::ptrdiff_t>(to));
        for (std::size_t i = order.size(); i-- > 0;) {
            from += strides[order[i]];
            if (++at[i] < shape[order[i]]) break;
            from -= strides[order[i]] * static_cast<std::size_t>(at[i]);
            at[i] = 0;
        }
    }
    return make_buffer(std::move(result));
}

}  // namespace octavo::tflite
