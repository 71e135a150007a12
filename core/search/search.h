// Search: a plan that misses an accuracy target to one that meets it, by putting operators back into floating point. A strategy is handed
// what it cannot know, how plans do on images, as functions; it knows graph and plan only, is deterministic where they are, and always
// gives the best plan that was tried.
#pragma once

#include "core/plan/plan.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace octavo {

// What a plan does on all search images.
struct Verdict {
    double excess = 0;  // what it loses beyond what is allowed; 0 or less meets the target
    double error = 0;   // noise over signal at the network's outputs
};

struct SearchTask {
    const Graph& graph;
    const Plan& plan;   // the one that misses the target
    double excess = 0;  // what it loses beyond what is allowed
    // Noise over signal on a few images: what operators are ranked by.
    std::function<Result<double>(const Plan& plan)> error;
    std::function<Result<Verdict>(const Plan& plan)> evaluate;
    // What an operator that goes back takes in place of fp32 where that changes little.
    std::function<Precision(NodeId node)> precision;
    // Milliseconds that a plan takes to run; may be empty. Then what goes back is what gains most for its time, else what gains most.
    std::function<double(const Plan& plan)> cost;
    // Whether the plan is one that the user would take (enough of it in int8).
    std::function<bool(const Plan& plan)> is_allowed;
    int most_evaluations = 0;  // calls of `evaluate`
};

// Operators that go back together, and the error that they make as the only ones in int8.
struct RankedGroup {
    std::vector<NodeId> nodes;
    double error = 0;
    double cost = 1;  // what it adds to the task's cost when it goes back
};

struct SearchResult {
    Plan plan;  // the best: one that meets the target at least cost (or with the fewest floating operators), else the one that loses least
    double excess = 0;
    std::vector<RankedGroup> ranking;  // the greatest error, or error for its cost, first
    std::vector<NodeId> returned;      // to floating point, in the best plan
    std::vector<NodeId> won_back;      // were returned and are int8 in the best plan again
    int evaluations = 0;
    bool is_spent = false;         // the evaluations were used up
    std::optional<Error> stopped;  // a function failed: what was found before stands
};

// Ranks groups of operators, finds by bisection how many must go back, then tries to win back each of their operators.
SearchResult search_by_bisection(const SearchTask& task);

// The int8 operators that compute, as groups in the order of their first nodes. Those that read one grid are one group: as long as one of
// them is int8 the others read rounded values, so that one alone in floating point gains little.
std::vector<std::vector<NodeId>> groups_to_return(const Graph& graph, const Plan& plan);

}  // namespace octavo
