// The assignment as a cut: on the source's side is int8, on the sink's floating point. An operator is a vertex whose two edges to the ends
// carry its times; a tensor has a vertex for each direction in which it may be converted, behind which all its readers stand, so that a
// conversion is paid once whoever needs it.
#include "core/plan/costs.h"
#include "sdk/ops/op.h"

#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 on Boost.Graph's iterators
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace octavo {
namespace {

using Capacity = std::int64_t;  // nanoseconds: whole numbers give the same cut everywhere
constexpr Capacity kNever = std::numeric_limits<Capacity>::max() / (Capacity{1} << 24);

Capacity nanoseconds(double ms) {
    return std::llround(ms * 1e6);
}

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = Traits::vertex_descriptor;
using Edge = Traits::edge_descriptor;
struct VertexData {
    long distance = 0;
    boost::default_color_type color = boost::white_color;
    Edge predecessor;
};
struct EdgeData {
    Capacity capacity = 0, residual = 0;
    Edge reverse;
};
using Network = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, VertexData, EdgeData>;

class Cut {
public:
    Cut() : int8_(add()), floating_(add()) {}

    Vertex int8() const { return int8_; }
    Vertex floating() const { return floating_; }
    Vertex add() { return boost::add_vertex(network_); }
    // Paid where `a` is in int8 and `b` in floating point.
    void pay(Vertex a, Vertex b, Capacity capacity) {
        const Edge there = boost::add_edge(a, b, network_).first, back = boost::add_edge(b, a, network_).first;
        network_[there] = {capacity, 0, back};
        network_[back] = {0, 0, there};
    }

    // [vertex] whether it is in floating point; what takes as long either way is int8.
    std::vector<bool> solve() {
        boost::boykov_kolmogorov_max_flow(network_, boost::get(&EdgeData::capacity, network_), boost::get(&EdgeData::residual, network_),
                                          boost::get(&EdgeData::reverse, network_), boost::get(&VertexData::predecessor, network_),
                                          boost::get(&VertexData::color, network_), boost::get(&VertexData::distance, network_),
                                          boost::get(boost::vertex_index, network_), int8_, floating_);
        std::vector<bool> reaches_sink(boost::num_vertices(network_), false);
        std::vector<Vertex> open = {floating_};
        reaches_sink[floating_] = true;
        while (!open.empty()) {
            const Vertex to = open.back();
            open.pop_back();
            for (const Edge back : boost::make_iterator_range(boost::out_edges(to, network_))) {
                const Vertex from = boost::target(back, network_);
                if (reaches_sink[from] || network_[network_[back].reverse].residual == 0) continue;
                reaches_sink[from] = true;
                open.push_back(from);
            }
        }
        return reaches_sink;
    }

private:
    Network network_;
    Vertex int8_, floating_;
};

// The faster floating precision and its time.
std::optional<std::pair<Precision, double>> fastest_floating(const std::map<Precision, double>& times) {
    std::optional<std::pair<Precision, double>> best;
    for (const auto& [precision, ms] : times)
        if (precision != Precision::int8 && (!best || ms < best->second)) best = {precision, ms};
    return best;
}

class Assignment {
public:
    Assignment(const Graph& graph, const Plan& plan, const Costs& costs) : graph_(graph), plan_(plan), costs_(costs), links_(graph) {}

    std::map<NodeId, OperatorPlan> solve() {
        for (const Node& node : graph_.nodes) add_operator(node);
        for (std::size_t tensor = 0; tensor < graph_.tensors.size(); ++tensor) add_tensor(tensor);
        const std::vector<bool> is_floating = cut_.solve();
        std::map<NodeId, OperatorPlan> floating;
        for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
            if (!is_int8(plan_, graph_.nodes[n]) || !is_floating[vertices_[n]]) continue;
            const auto times = costs_.operators.find(graph_.nodes[n].name);
            const auto best = times == costs_.operators.end() ? std::nullopt : fastest_floating(times->second);
            floating[static_cast<NodeId>(n)] = {best ? best->first : Precision::fp32, Reason::speed};
        }
        return floating;
    }

private:
    // What stays in floating point stands at the sink. An int8 operator that does nothing at run time goes where its neighbours go; one
    // whose time at either precision is not known stays.
    void add_operator(const Node& node) {
        if (!is_int8(plan_, node)) {
            vertices_.push_back(cut_.floating());
            return;
        }
        vertices_.push_back(cut_.add());
        const auto times = costs_.operators.find(node.name);
        if (times == costs_.operators.end()) return;
        const auto floating = fastest_floating(times->second);
        const auto int8 = times->second.find(Precision::int8);
        const bool is_known = floating && int8 != times->second.end();
        cut_.pay(vertices_.back(), cut_.floating(), is_known ? nanoseconds(int8->second) : 0);
        cut_.pay(cut_.int8(), vertices_.back(), is_known ? nanoseconds(floating->second) : kNever);
    }

    void add_tensor(std::size_t tensor) {
        const auto cost = costs_.conversions.find(graph_.tensors[tensor].name);
        if (cost == costs_.conversions.end()) return;
        std::vector<Vertex> readers;
        for (const std::int32_t reader : links_.readers[tensor]) readers.push_back(vertices_[static_cast<std::size_t>(reader)]);
        if (links_.is_output[tensor]) readers.push_back(cut_.floating());
        const std::int32_t producer = links_.producer[tensor];
        // An input of the graph is neither: each form in which it is read is made.
        const Vertex quantized = cut_.add(), real = cut_.add();
        const auto written = [&](Vertex end) { return producer < 0 ? end : vertices_[static_cast<std::size_t>(producer)]; };
        cut_.pay(quantized, written(cut_.floating()), nanoseconds(cost->second.to_int8));
        cut_.pay(written(cut_.int8()), real, nanoseconds(cost->second.to_float));
        for (const Vertex reader : readers) {
            cut_.pay(reader, quantized, kNever);
            cut_.pay(real, reader, kNever);
        }
    }

    const Graph& graph_;
    const Plan& plan_;
    const Costs& costs_;
    const Links links_;
    Cut cut_;
    std::vector<Vertex> vertices_;  // [node]
};

double time_of(const Costs& costs, const Plan& plan, const Node& node) {
    const auto times = costs.operators.find(node.name);
    if (times == costs.operators.end()) return 0;
    const auto ms = times->second.find(precision_of(plan, node));
    return ms == times->second.end() ? 0 : ms->second;
}

}  // namespace

Conversions conversions_of(const Graph& graph, const Links& links, const Plan& plan, TensorId tensor) {
    bool read_int8 = false, read_real = links.is_output[index(tensor)];
    for (const std::int32_t reader : links.readers[index(tensor)])
        (is_int8(plan, graph.nodes[static_cast<std::size_t>(reader)]) ? read_int8 : read_real) = true;
    const std::int32_t producer = links.producer[index(tensor)];
    const bool writes_int8 = producer >= 0 && is_int8(plan, graph.nodes[static_cast<std::size_t>(producer)]);
    return {read_int8 && !writes_int8, read_real && (writes_int8 || producer < 0)};
}

double predicted_ms(const Graph& graph, const Plan& plan, const Costs& costs) {
    const Links links(graph);
    double sum = 0;
    for (const Node& node : graph.nodes) sum += time_of(costs, plan, node);
    for (std::size_t tensor = 0; tensor < graph.tensors.size(); ++tensor) {
        const auto cost = costs.conversions.find(graph.tensors[tensor].name);
        if (cost == costs.conversions.end()) continue;
        const Conversions needed = conversions_of(graph, links, plan, static_cast<TensorId>(tensor));
        sum += (needed.to_int8 ? cost->second.to_int8 : 0) + (needed.to_float ? cost->second.to_float : 0);
    }
    return sum;
}

std::map<NodeId, OperatorPlan> faster_in_floating_point(const Graph& graph, const Plan& plan, const Costs& costs) {
    return Assignment(graph, plan, costs).solve();
}

}  // namespace octavo
