// Frontier: a place among the operators of a graph up to which a few batches have been run once, so that what lies behind can be run again
// and again, by changed plans, at no more than its own cost. The tensors that cross it are kept for every batch.
#pragma once

#include "core/pipeline/session.h"

#include <functional>
#include <vector>

namespace octavo {

class Frontier {
public:
    using Buffers = std::vector<std::vector<std::byte>>;
    using Compile = std::function<Result<Session>(const Graph& part)>;

    Frontier() = default;
    // `wanted`: what the runs are for. The graph, which has its shapes, outlives the frontier.
    Frontier(const Graph& graph, std::vector<TensorId> wanted);

    // A batch; in front of the first move. `inputs` are those of the graph.
    void add(Buffers inputs) { batches_.push_back({std::move(inputs), {}}); }
    std::size_t batches() const { return batches_.size(); }
    const Buffers& inputs(std::size_t batch) const { return batches_[batch].inputs; }

    // The first operator behind it.
    std::size_t node() const { return node_; }
    // Back to the inputs.
    void reset();
    // In front of `node`, or of the first operator that writes what is wanted. Runs what lies between, from the inputs where it goes back.
    Result<void> move_to(std::size_t node, const Compile& compile);

    // What lies behind.
    Graph rest() const;
    // Runs a graph whose inputs are tensors that cross the frontier.
    Result<void> run(Session& session, const Graph& part, std::size_t batch);

private:
    struct Run {
        Buffers inputs;
        Buffers live;  // [tensor of live_]; empty at the inputs
    };

    Result<void> advance(std::size_t node, const Compile& compile);

    const Graph* graph_ = nullptr;
    std::vector<TensorId> wanted_;
    std::size_t last_ = 0;  // the first operator that writes what is wanted
    std::size_t node_ = 0;
    std::vector<TensorId> live_;  // tensors that cross
    std::vector<Run> batches_;
};

}  // namespace octavo
