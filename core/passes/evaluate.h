// Partial evaluation: types, shapes and, where they do not depend on the model's input, values of all tensors at one batch size. Unlike
// `infer_shapes` it computes as it goes, so that a shape which the model calculates from another is known where it is needed.
#pragma once

#include "core/graph/flat.h"

#include <optional>

namespace octavo {

// A batch that is no likely size of anything else, so that what depends on the batch cannot be taken for what does not.
constexpr std::int64_t kTellingBatch = 37;

struct NodeValues {
    std::vector<octavo_tensor_info> infos;  // [tensor]; `data` is set where the value is known
    std::vector<bool> typed;                // [tensor] type and shape are known
    std::vector<Buffer> values;             // [tensor] what was computed here; constants of the graph are not repeated
    std::vector<Error> errors;              // of nodes whose inference failed; what lies behind those is unknown

    Shape shape(TensorId id) const { return {infos[index(id)].shape, infos[index(id)].shape + infos[index(id)].rank}; }
};

// Points into the graph. What has another shape than in `other`, the same graph at another batch, grows with the batch and is not computed
// where it is large.
NodeValues evaluate(const Graph& graph, std::int64_t batch, const NodeValues* other = nullptr);

bool has_free_batch(const Graph& graph);

}  // namespace octavo
