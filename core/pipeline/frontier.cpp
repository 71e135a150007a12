// Buffers of a batch are lent to the session that runs it, and taken back.
#include "core/pipeline/frontier.h"

#include <algorithm>

namespace octavo {

Frontier::Frontier(const Graph& graph, std::vector<TensorId> wanted)
    : graph_(&graph), wanted_(std::move(wanted)), last_(graph.nodes.size()) {
    const Links links(graph);
    for (const TensorId id : wanted_) last_ = std::min(last_, static_cast<std::size_t>(std::max(links.producer[index(id)], 0)));
    reset();
}

void Frontier::reset() {
    node_ = 0;
    live_ = graph_->inputs;
    for (Run& run : batches_) run.live.clear();
}

Result<void> Frontier::move_to(std::size_t node, const Compile& compile) {
    node = std::min(node, last_);
    if (node < node_) reset();
    return node > node_ ? advance(node, compile) : Result<void>();
}

Graph Frontier::rest() const {
    return slice(*graph_, node_, graph_->nodes.size(), wanted_);
}

Result<void> Frontier::run(Session& session, const Graph& part, std::size_t batch) {
    Buffers& live = node_ == 0 ? batches_[batch].inputs : batches_[batch].live;
    Buffers inputs;
    const auto place = [&](TensorId id) { return static_cast<std::size_t>(std::find(live_.begin(), live_.end(), id) - live_.begin()); };
    for (const TensorId id : part.inputs) inputs.push_back(std::move(live[place(id)]));
    Result<void> done = session.run(inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i) live[place(part.inputs[i])] = std::move(inputs[i]);
    return done;
}

Result<void> Frontier::advance(std::size_t node, const Compile& compile) {
    const std::vector<TensorId> next = slice(*graph_, node, graph_->nodes.size(), wanted_).inputs;
    std::vector<TensorId> made;
    for (const TensorId id : next)
        if (std::find(live_.begin(), live_.end(), id) == live_.end()) made.push_back(id);
    const Graph part = slice(*graph_, node_, node, made);
    Session session;
    if (!made.empty()) {
        OCTAVO_TRY(session, compile(part));
    }
    for (std::size_t batch = 0; batch < batches_.size(); ++batch) {
        if (!made.empty()) OCTAVO_CHECK_OK(run(session, part, batch));
        Run& of_batch = batches_[batch];
        Buffers live;
        for (const TensorId id : next) {
            const auto kept = std::find(live_.begin(), live_.end(), id);
            if (kept != live_.end()) {
                const auto at = static_cast<std::size_t>(kept - live_.begin());
                live.push_back(node_ == 0 ? of_batch.inputs[at] : std::move(of_batch.live[at]));
            } else {
                const auto output = static_cast<std::size_t>(std::find(made.begin(), made.end(), id) - made.begin());
                const auto* bytes = static_cast<const std::byte*>(session.output_views()[output].data);
                live.emplace_back(bytes, bytes + session.outputs()[output].size_bytes());
            }
        }
        of_batch.live = std::move(live);
    }
    live_ = next;
    node_ = node;
    return {};
}

}  // namespace octavo
