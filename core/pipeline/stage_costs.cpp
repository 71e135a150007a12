// Four networks take turns: all in floating point (once a precision), all int8, and two where every other product is int8, so that each
// tensor between two products is converted in one of them. A time is the lower quartile over the turns: others use the machine too.
#include "core/pipeline/stage_costs.h"

#include "core/base/hash.h"
#include "core/base/threads.h"
#include "core/pipeline/stage_benchmark.h"
#include "core/pipeline/stage_quantize.h"
#include "core/plan/rules.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <tuple>

namespace octavo {
namespace {

using Clock = std::chrono::steady_clock;
using Floating = std::map<NodeId, OperatorPlan>;

constexpr int kWarmUp = 2, kLeastTurns = 6, kMostTurns = 40;
constexpr double kSeconds = 4;
constexpr double kQuartile = 0.25;
constexpr double kLeastGain = 0.01;

// One network, with the times of its steps turn by turn.
struct Probe {
    Plan plan;
    Session session;
    std::vector<OperatorTime> steps = {};          // with the mean over all turns
    std::vector<std::vector<double>> ms = {};      // [step][turn]
    std::map<std::string, double> nodes = {};      // by name
    std::map<std::string, double> quantized = {};  // by tensor
    std::map<std::string, double> made_real = {};

    Result<void> run(const std::vector<std::vector<std::byte>>& inputs, int turn) {
        OCTAVO_CHECK_OK(session.run(inputs));
        std::vector<OperatorTime> now = session.executable().operators();
        ms.resize(now.size());
        for (std::size_t i = 0; i < now.size() && turn >= kWarmUp; ++i)
            ms[i].push_back(std::max(0.0, now[i].milliseconds * (turn + 1) - steps[i].milliseconds * turn));
        steps = std::move(now);
        return {};
    }

    // Steps that belong to no operator are conversions, named by their tensor.
    void sum_up(const std::set<std::string>& names) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::string& name = steps[i].name;
            const double time = quantile(ms[i], kQuartile);
            if (names.contains(name)) {
                nodes[name] += time;
                continue;
            }
            for (const char* verb : {"quantize ", "dequantize ", "input "})
                if (name.starts_with(verb))
                    (steps[i].op == "quantize" ? quantized : made_real)[name.substr(std::string_view(verb).size())] += time;
        }
    }
};

class Measurement {
public:
    Measurement(const CostsRequest& request, const Graph& graph) : request_(request), graph_(graph), links_(graph) {}

    Result<Costs> go() {
        OCTAVO_CHECK_OK(compile());
        OCTAVO_CHECK_OK(take_turns());
        std::set<std::string> names;
        for (const Node& node : graph_.nodes) names.insert(node.name);
        for (Probe& probe : probes_) probe.sum_up(names);
        for (const Node& node : graph_.nodes) add_operator(node);
        for (std::size_t tensor = 0; tensor < graph_.tensors.size(); ++tensor) add_conversion(tensor);
        estimate_unseen();
        return std::move(costs_);
    }

private:
    Result<void> add_probe(const Floating& floating) {
        Plan plan = in_floating_point(graph_, request_.plan, floating);
        OCTAVO_TRY(Session session, Session::compile(request_.device, graph_, &plan, {request_.config.threads, {}, true}));
        probes_.push_back({std::move(plan), std::move(session)});
        return {};
    }

    // Whole networks of one precision first.
    Result<void> compile() {
        const FlatGraph flat(graph_);
        Floating fp32, fastest, even, odd;
        std::size_t products = 0;
        for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
            if (!is_int8(request_.plan, graph_.nodes[n])) continue;
            const auto node = static_cast<NodeId>(n);
            fp32[node] = {Precision::fp32, Reason::speed};
            fastest[node] = {floating_precision(request_.device, flat, node), Reason::speed};
            if (ops::find(graph_[node].op)->role == ops::Role::product) (++products % 2 == 0 ? even : odd)[node] = fastest[node];
        }
        OCTAVO_CHECK_OK(add_probe(fp32));
        if (fastest != fp32) OCTAVO_CHECK_OK(add_probe(fastest));
        OCTAVO_CHECK_OK(add_probe({}));
        pure_ = probes_.size();
        OCTAVO_CHECK_OK(add_probe(even));
        return add_probe(odd);
    }

    Result<void> take_turns() {
        const auto inputs = random_inputs(probes_[0].session.inputs());
        const Clock::time_point begin = Clock::now();
        const auto is_late = [&] { return std::chrono::duration<double>(Clock::now() - begin).count() > kSeconds; };
        for (int turn = 0; turn < kMostTurns && (turn < kLeastTurns || !is_late()); ++turn)
            for (Probe& probe : probes_) {
                if (request_.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
                OCTAVO_CHECK_OK(probe.run(inputs, turn));
            }
        return {};
    }

    void add_operator(const Node& node) {
        for (std::size_t i = 0; i < pure_; ++i) {
            const auto time = probes_[i].nodes.find(node.name);
            if (time != probes_[i].nodes.end()) costs_.operators[node.name].try_emplace(precision_of(probes_[i].plan, node), time->second);
        }
    }

    // What a producer takes longer where its readers have another precision counts as conversion: it may write both forms itself.
    double longer(const Probe& probe, std::int32_t producer) const {
        if (producer < 0) return 0;
        const Node& node = graph_.nodes[static_cast<std::size_t>(producer)];
        const auto here = probe.nodes.find(node.name);
        const auto plain = costs_.operators.find(node.name);
        if (here == probe.nodes.end() || plain == costs_.operators.end()) return 0;
        const auto time = plain->second.find(precision_of(probe.plan, node));
        return time == plain->second.end() ? 0 : std::max(0.0, here->second - time->second);
    }

    // Of those that an int8 operator of the plan reads or writes.
    bool is_converted(std::size_t tensor) const {
        if (graph_.tensors[tensor].is_constant() || graph_.tensors[tensor].type != OCTAVO_F32) return false;
        const auto is_int8_node = [this](std::int32_t node) {
            return node >= 0 && is_int8(request_.plan, graph_.nodes[static_cast<std::size_t>(node)]);
        };
        return is_int8_node(links_.producer[tensor]) || std::ranges::any_of(links_.readers[tensor], is_int8_node);
    }

    void add_conversion(std::size_t tensor) {
        if (!is_converted(tensor)) return;
        const std::string& name = graph_.tensors[tensor].name;
        const std::int32_t producer = links_.producer[tensor];
        std::optional<double> to_int8, to_float;
        for (const Probe& probe : probes_) {
            const auto seen = [&](const std::map<std::string, double>& rows, std::optional<double>& least) {
                const auto row = rows.find(name);
                const double time = (row == rows.end() ? 0 : row->second) + longer(probe, producer);
                least = std::min(time, least.value_or(time));
            };
            const Conversions needed = conversions_of(graph_, links_, probe.plan, static_cast<TensorId>(tensor));
            if (needed.to_int8) seen(probe.quantized, to_int8);
            if (needed.to_float) seen(probe.made_real, to_float);
        }
        costs_.conversions[name] = {to_int8.value_or(-1), to_float.value_or(-1)};
        elements_[name] = static_cast<double>(element_count(graph_.tensors[tensor].shape));
    }

    // A conversion that no network had takes what the others take for as many values.
    void estimate_unseen() {
        for (double ConversionCost::*way : {&ConversionCost::to_int8, &ConversionCost::to_float}) {
            double ms = 0, elements = 0;
            for (const auto& [name, cost] : costs_.conversions)
                if (cost.*way >= 0) ms += cost.*way, elements += elements_[name];
            for (auto& [name, cost] : costs_.conversions)
                if (cost.*way < 0) cost.*way = elements > 0 ? ms / elements * elements_[name] : 0;
        }
    }

    const CostsRequest& request_;
    const Graph& graph_;
    const Links links_;
    std::vector<Probe> probes_;
    std::size_t pure_ = 0;  // the first so many are of one precision
    Costs costs_;
    std::map<std::string, double> elements_;
};

Result<PlanTimes> measure_plans(const CostsRequest& request, const Graph& graph, const Plan& fastest) {
    std::vector<Session> sessions(2);
    const CompileOptions options{request.config.threads, {}, false};
    OCTAVO_TRY(sessions[0], Session::compile(request.device, graph, &request.plan, options));
    OCTAVO_TRY(sessions[1], Session::compile(request.device, graph, &fastest, options));
    OCTAVO_TRY(const std::vector<Latency> latencies, measure_latency(sessions, {.seconds = kSeconds, .stop = request.stop}));
    return PlanTimes{latencies[0].median_ms, latencies[1].median_ms};
}

std::string costs_path(const Config& config) {
    return (std::filesystem::path(config.output) / "costs.json").string();
}

std::string hash_of_int8(const Graph& graph, const Plan& plan) {
    Hasher hasher;
    for (const Node& node : graph.nodes)
        if (is_int8(plan, node)) hasher.update_field(node.name);
    return hasher.hex();
}

// Those of an earlier run, if they can be read and are of this one too. What cannot be read is measured anew.
std::optional<Costs> kept_costs(const CostsRequest& request, const Costs& wanted) {
    Result<Costs> costs = load_costs(costs_path(request.config));
    if (!costs) return {};
    const auto key = [](const Costs& of) {
        return std::tie(of.graph_structure, of.graph_constants, of.device, of.isa, of.cpu, of.threads, of.int8_operators);
    };
    return key(*costs) == key(wanted) ? std::optional<Costs>(std::move(*costs)) : std::optional<Costs>();
}

}  // namespace

Result<FastestPlan> choose_by_speed(const CostsRequest& request) {
    OCTAVO_TRY(const Graph graph, with_batch_if_free(request.model.executed, 1));
    Costs wanted;
    wanted.graph_structure = request.plan.graph_structure;
    wanted.graph_constants = request.plan.graph_constants;
    const PluginUse& device = request.config.device;
    wanted.device = std::string(device.plugin->name()) + " " + device.values.json();
    wanted.isa = request.device.isa();
    wanted.cpu = request.cpu;
    wanted.threads = thread_count(request.config.threads);
    wanted.int8_operators = hash_of_int8(graph, request.plan);
    std::optional<Costs> kept = kept_costs(request, wanted);
    FastestPlan chosen{request.plan, wanted, !kept};
    if (kept) {
        chosen.costs = std::move(*kept);
    } else {
        OCTAVO_TRY(Costs measured, Measurement(request, graph).go());
        chosen.costs.operators = std::move(measured.operators);
        chosen.costs.conversions = std::move(measured.conversions);
    }
    Plan fastest = in_floating_point(graph, request.plan, faster_in_floating_point(graph, request.plan, chosen.costs));
    if (fastest == request.plan) return chosen;
    if (!chosen.costs.plans) {
        OCTAVO_TRY(chosen.costs.plans, measure_plans(request, graph, fastest));
    }
    if (chosen.costs.plans->fastest < (1 - kLeastGain) * chosen.costs.plans->int8) chosen.plan = std::move(fastest);
    return chosen;
}

}  // namespace octavo
