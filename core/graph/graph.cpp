// What a graph can say about itself without its operators' help.
#include "core/graph/graph.h"

#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {

TensorId Graph::add_tensor(Tensor tensor) {
    tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(tensors.size() - 1);
}

std::string Graph::unused_name(const std::string& wish) const {
    const auto taken = [this](const std::string& candidate) {
        return std::any_of(tensors.begin(), tensors.end(), [&](const Tensor& tensor) { return tensor.name == candidate; });
    };
    std::string free = wish;
    for (int number = 2; taken(free); ++number) free = wish + "." + std::to_string(number);
    return free;
}

std::int64_t element_count(std::span<const std::int64_t> shape) {
    return ops::element_count(shape);
}

}  // namespace octavo
