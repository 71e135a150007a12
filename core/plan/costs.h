// Costs: what the operators of a graph take at each precision on one machine, and what it takes to bring a tensor from one precision to
// another. From them follows which operators are worth int8. Kept in costs.json, so that the same costs give the same plan. Times are in
// milliseconds, of one image.
#pragma once

#include "core/plan/plan.h"

#include <map>
#include <optional>
#include <string>

namespace octavo {

struct ConversionCost {
    double to_int8 = 0;   // quantizing it for those who read codes
    double to_float = 0;  // writing real numbers rather than codes, or as well

    bool operator==(const ConversionCost&) const = default;
};

// Medians of whole runs: all int8, and the assignment whose sum is least.
struct PlanTimes {
    double int8 = 0, fastest = 0;

    bool operator==(const PlanTimes&) const = default;
};

struct Costs {
    std::string graph_structure, graph_constants;  // Fingerprint of the imported graph
    std::string device;                            // with its parameters
    std::string isa, cpu;
    std::string int8_operators;  // hash of the names of those that were int8 when times were taken; only they have int8 times
    int threads = 0;
    std::map<std::string, std::map<Precision, double>> operators;  // by node name; one that does nothing at run time is not there
    std::map<std::string, ConversionCost> conversions;             // by tensor name
    std::optional<PlanTimes> plans;                                // nothing where both are one plan

    bool operator==(const Costs&) const = default;
};

std::string to_json(const Costs& costs);
// Errors: Code::config with the file and the place in it.
Result<Costs> load_costs(const std::string& path);

// Which conversions of a tensor a plan needs: it is quantized where an int8 operator reads it that none has written, and made real where a
// floating operator or an output reads what an int8 one has written. An input of the graph is made in each form that is read.
struct Conversions {
    bool to_int8 = false, to_float = false;
};
Conversions conversions_of(const Graph& graph, const Links& links, const Plan& plan, TensorId tensor);

// The time of the plan's operators and conversions, those left out that no costs are known of.
double predicted_ms(const Graph& graph, const Plan& plan, const Costs& costs);

// The int8 operators of the plan that had better be in floating point, so that the predicted time becomes the least; each with the faster
// floating precision that costs are known of. Solved exactly, as a minimum cut (Kolmogorov and Zabih, What Energy Functions Can Be
// Minimized via Graph Cuts?, PAMI 2004).
std::map<NodeId, OperatorPlan> faster_in_floating_point(const Graph& graph, const Plan& plan, const Costs& costs);

}  // namespace octavo
