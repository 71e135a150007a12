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
    std::string free = wish;
    for (int number = 2; find_tensor(*this, free) != TensorId::none; ++number) free = wish + "." + std::to_string(number);
    return free;
}

TensorId find_tensor(const Graph& graph, std::string_view name) {
    const auto found =
        std::find_if(graph.tensors.begin(), graph.tensors.end(), [name](const Tensor& tensor) { return tensor.name == name; });
    return found == graph.tensors.end() ? TensorId::none : static_cast<TensorId>(found - graph.tensors.begin());
}

std::int64_t element_count(std::span<const std::int64_t> shape) {
    return ops::element_count(shape);
}

}  // namespace octavo
