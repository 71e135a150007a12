// search_by_bisection. What an operator costs is measured by the error at the outputs with its group alone in int8, since several faults
// that are fatal each hide one another in a network that is int8 throughout; where costs are known, by that error for the time that it
// takes to be rid of it. How many of the worst groups must go back is bisected on the target itself, which need not rise evenly with their
// number: what counts is what was evaluated. Then each operator, the least costly first, is put back into int8 where the target still holds
// and the error does not rise much: several at a time as long as that goes well. What goes back takes bf16 only where that is worth it.
#include "core/plan/rules.h"
#include "core/search/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace octavo {
namespace {

using Floating = std::set<NodeId>;

// What is won back may raise the error at the outputs to so many times (5 dB) that of the bisected plan (or of the best that missed the
// target, if that is more). Beyond, meeting the target would be the luck of the search images.
constexpr double kMostError = 3.0;

// bf16 is taken where the network in it makes at most a quarter (6 dB less) of the error that it makes in int8: a large value has a coarser
// step in bf16 than on a grid of 8 bits (mobilenet-v2-1.0: 21 dB in bf16, 23 in int8).
constexpr double kLeastGain = 4.0;

constexpr double kLeastCost = 1e-3;  // ms: a group that costs nothing, or less, still has its error to be ranked by

class Bisection {
public:
    explicit Bisection(const SearchTask& task) : task_(task) {
        result_.plan = task.plan;
        result_.excess = task.excess;
    }

    SearchResult run() {
        if (rank() && settle_precision()) {
            bisected_ = bisect();
            if (bisected_.empty() && !is_fp32_ && !result_.is_spent && !result_.stopped) {
                is_fp32_ = true;
                bisected_ = bisect();
            }
            win_back();
        }
        result_.returned.assign(best_.begin(), best_.end());
        for (const NodeId node : bisected_)
            if (!best_.contains(node)) result_.won_back.push_back(node);
        return std::move(result_);
    }

private:
    Plan plan_with(const Floating& floating) const {
        std::map<NodeId, OperatorPlan> given;
        for (const NodeId node : floating) given[node] = {is_fp32_ ? Precision::fp32 : task_.precision(node), Reason::accuracy};
        return in_floating_point(task_.graph, task_.plan, given);
    }

    // The operators of the first `count` groups.
    Floating worst(std::size_t count) const {
        Floating floating;
        for (std::size_t i = 0; i < count; ++i) floating.insert(result_.ranking[i].nodes.begin(), result_.ranking[i].nodes.end());
        return floating;
    }

    // What is no number counts as infinite; nothing where the search is over.
    std::optional<double> error_of(const Floating& floating) {
        const Result<double> error = task_.error(plan_with(floating));
        if (!error) {
            result_.stopped = error.error();
            return {};
        }
        return std::isnan(*error) ? std::numeric_limits<double>::infinity() : *error;
    }

    double cost_of(const Floating& floating) const {
        return task_.cost ? task_.cost(plan_with(floating)) : static_cast<double>(floating.size());
    }

    bool rank() {
        for (std::vector<NodeId>& nodes : groups_to_return(task_.graph, task_.plan)) result_.ranking.push_back({std::move(nodes), 0});
        const Floating all = worst(result_.ranking.size());
        const double plain_cost = cost_of({});
        for (RankedGroup& group : result_.ranking) {
            Floating others = all;
            for (const NodeId node : group.nodes) others.erase(node);
            const std::optional<double> error = error_of(others);
            if (!error) return false;
            group.error = *error;
            if (task_.cost) group.cost = std::max(cost_of({group.nodes.begin(), group.nodes.end()}) - plain_cost, kLeastCost);
        }
        std::stable_sort(result_.ranking.begin(), result_.ranking.end(),
                         [](const RankedGroup& a, const RankedGroup& b) { return a.error / a.cost > b.error / b.cost; });
        return true;
    }

    // Whether what goes back takes fp32 throughout; false where the search is over. Groups were ranked beside operators in fp32.
    bool settle_precision() {
        const Floating all = worst(result_.ranking.size());
        const bool is_any_other =
            std::any_of(all.begin(), all.end(), [this](NodeId node) { return task_.precision(node) != Precision::fp32; });
        if (!is_any_other) return true;
        const std::optional<double> in_int8 = error_of({});
        is_fp32_ = false;
        const std::optional<double> returned = error_of(all);
        if (!in_int8 || !returned) return false;
        is_fp32_ = *returned * kLeastGain > *in_int8;
        return true;
    }

    // Whether the target is met; nothing where the search is over.
    std::optional<bool> meets(const Floating& floating) {
        result_.is_spent = result_.evaluations == task_.most_evaluations;
        if (result_.is_spent) return {};
        Plan plan = plan_with(floating);
        const Result<Verdict> verdict = task_.evaluate(plan);
        if (!verdict) {
            result_.stopped = verdict.error();
            return {};
        }
        ++result_.evaluations;
        const bool met = verdict->excess <= 0;
        if (!met) least_missed_ = std::min(least_missed_, verdict->error);
        if (is_better(verdict->excess, floating)) {
            result_.plan = std::move(plan);
            result_.excess = verdict->excess;
            best_ = floating;
        }
        return met;
    }

    // The same of what is won back, which may not raise the error too far either.
    std::optional<bool> keeps(const Floating& floating, double most_error) {
        const std::optional<double> error = error_of(floating);
        if (!error) return {};
        return *error > most_error ? false : meets(floating);
    }

    bool is_better(double excess, const Floating& floating) const {
        const bool met = excess <= 0, was_met = result_.excess <= 0;
        if (met != was_met) return met;
        if (met || excess == result_.excess) return std::pair(cost_of(floating), floating.size()) < std::pair(cost_of(best_), best_.size());
        return excess < result_.excess;
    }

    // The operators of the fewest groups that meet the target, one fewer of which was seen to miss it; empty where none was found.
    Floating bisect() {
        std::size_t most = result_.ranking.size();
        while (most > 0 && !task_.is_allowed(plan_with(worst(most)))) --most;
        std::size_t missed = 0, met = most + 1;
        while (met - missed > 1) {
            const std::size_t middle = missed + (met - missed) / 2;
            const std::optional<bool> meets_it = meets(worst(middle));
            if (!meets_it) break;
            (*meets_it ? met : missed) = middle;
        }
        return met > most ? Floating() : worst(met);
    }

    void win_back() {
        if (bisected_.empty() || result_.is_spent || result_.stopped) return;
        Floating floating = bisected_;
        const std::optional<double> bisected_error = error_of(floating);
        if (!bisected_error) return;
        const double most_error = kMostError * std::max(*bisected_error, least_missed_);
        std::vector<NodeId> order;  // the least costly first
        for (auto group = result_.ranking.rbegin(); group != result_.ranking.rend(); ++group)
            for (const NodeId node : group->nodes)
                if (floating.contains(node)) order.push_back(node);
        std::size_t together = 1;  // doubles until a trial fails, then halves with each that does
        bool grows = true;
        for (std::size_t i = 0; i < order.size();) {
            together = std::min(together, order.size() - i);
            Floating fewer = floating;
            for (std::size_t k = 0; k < together; ++k) fewer.erase(order[i + k]);
            const std::optional<bool> meets_it = keeps(fewer, most_error);
            if (!meets_it) return;
            if (*meets_it) floating = std::move(fewer);
            if (*meets_it || together == 1) i += together;
            grows = grows && *meets_it;
            together = grows ? 2 * together : *meets_it ? together : std::max<std::size_t>(together / 2, 1);
        }
    }

    const SearchTask& task_;
    SearchResult result_;
    bool is_fp32_ = true;  // what goes back, whatever else the device has
    Floating best_;        // of result_.plan
    Floating bisected_;    // before any was won back
    // Error of the best changed plan that missed the target. Where none did, one group went back: what is won back of it cannot do worse
    // than the plan before the search.
    double least_missed_ = std::numeric_limits<double>::infinity();
};

}  // namespace

SearchResult search_by_bisection(const SearchTask& task) {
    return Bisection(task).run();
}

}  // namespace octavo
