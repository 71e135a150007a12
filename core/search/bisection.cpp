// search_by_bisection. What an operator costs is measured by the error at the outputs with its group alone in int8, since several faults
// that are fatal each hide one another in a network that is int8 throughout; where costs are known, by that error for the time that it
// takes to be rid of it. How many of the worst groups must go back is bisected on the target itself, which need not rise evenly with their
// number: what counts is what was evaluated. What went back takes another precision where that changes little. Then operators are put back
// into int8, those first that raise the error least where they alone are: how many is bisected on the error, which costs a few images, then
// on the target; of the others some are tried one by one.
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

// bf16 takes the place of fp32 where the error rises to at most so many times (1 dB): a large value has a coarser step in bf16 than on a
// grid of 8 bits (mobilenet-v2-1.0, 64 photographs: 20.8 dB in bf16, 22.4 in int8).
constexpr double kLittleMore = 1.25;

constexpr int kFailuresInARow = 3;  // after which no more operators are tried one by one: each costs more than the one before

constexpr double kLeastCost = 1e-3;  // ms: a group that costs nothing, or less, still has its error to be ranked by

// What is no number is worse than any that is one.
double or_infinite(double value) {
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

class Bisection {
public:
    explicit Bisection(const SearchTask& task) : task_(task) {
        result_.plan = task.plan;
        result_.excess = or_infinite(task.excess);
    }

    SearchResult run() {
        if (rank()) {
            bisected_ = bisect();
            if (!bisected_.empty() && !result_.is_spent && !result_.stopped && settle_precision()) win_back();
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

    // Nothing where the search is over.
    std::optional<double> error_of(const Floating& floating) {
        const Result<double> error = task_.error(plan_with(floating));
        if (!error) {
            result_.stopped = error.error();
            return {};
        }
        return or_infinite(*error);
    }

    double cost_of(const Plan& plan, const Floating& floating) const {
        return task_.cost ? task_.cost(plan) : static_cast<double>(floating.size());
    }

    bool rank() {
        for (std::vector<NodeId>& nodes : groups_to_return(task_.graph, task_.plan)) result_.ranking.push_back({std::move(nodes), 0});
        const Floating all = worst(result_.ranking.size());
        const double plain_cost = cost_of(task_.plan, {});
        for (RankedGroup& group : result_.ranking) {
            Floating others = all;
            for (const NodeId node : group.nodes) others.erase(node);
            const std::optional<double> error = error_of(others);
            if (!error) return false;
            group.error = *error;
            if (task_.cost) group.cost = std::max(task_.cost(plan_with({group.nodes.begin(), group.nodes.end()})) - plain_cost, kLeastCost);
        }
        std::stable_sort(result_.ranking.begin(), result_.ranking.end(),
                         [](const RankedGroup& a, const RankedGroup& b) { return a.error / a.cost > b.error / b.cost; });
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
        const double excess = or_infinite(verdict->excess);
        const bool met = excess <= 0;
        if (!met) least_missed_ = std::min(least_missed_, or_infinite(verdict->error));
        if (is_better(excess, plan, floating)) {
            result_.plan = std::move(plan);
            result_.excess = excess;
            best_ = floating;
        }
        return met;
    }

    // Of two that do as well the later, which is in bf16 where the other is in fp32.
    bool is_better(double excess, const Plan& plan, const Floating& floating) const {
        const bool met = excess <= 0, was_met = result_.excess <= 0;
        if (met != was_met) return met;
        if (!met && excess != result_.excess) return excess < result_.excess;
        return std::pair(cost_of(plan, floating), floating.size()) <= std::pair(cost_of(result_.plan, best_), best_.size());
    }

    // Brings a number for which it holds and one for which it fails together; false where the search is over.
    template <class Holds>
    static bool narrow(std::size_t& held, std::size_t& failed, Holds holds) {
        while (std::max(held, failed) - std::min(held, failed) > 1) {
            const std::size_t middle = (held + failed) / 2;
            const std::optional<bool> does = holds(middle);
            if (!does) return false;
            (*does ? held : failed) = middle;
        }
        return true;
    }

    // The operators of the fewest groups that meet the target, one fewer of which was seen to miss it; empty where none was found.
    Floating bisect() {
        std::size_t most = result_.ranking.size();
        while (most > 0 && !task_.is_allowed(plan_with(worst(most)))) --most;
        std::size_t met = most + 1, missed = 0;
        narrow(met, missed, [this](std::size_t count) { return meets(worst(count)); });
        return met > most ? Floating() : worst(met);
    }

    // Whether what was bisected takes the task's precision in place of fp32; false where the search is over.
    bool settle_precision() {
        const std::optional<double> in_fp32 = error_of(bisected_);
        if (!in_fp32) return false;
        bisected_error_ = *in_fp32;
        const auto is_other = [this](NodeId node) { return task_.precision(node) != Precision::fp32; };
        if (std::none_of(bisected_.begin(), bisected_.end(), is_other)) return true;
        is_fp32_ = false;
        const std::optional<double> error = error_of(bisected_);
        if (!error) return false;
        const std::optional<bool> meets_it = *error > kLittleMore * *in_fp32 ? false : meets(bisected_);
        if (!meets_it) return false;
        is_fp32_ = !*meets_it;
        if (!is_fp32_) bisected_error_ = *error;
        return true;
    }

    // What was bisected, the operators first that raise the error least when they alone are put back; nothing where the search is over.
    std::optional<std::vector<NodeId>> least_costly_first() {
        std::vector<std::pair<double, NodeId>> costs;
        for (const NodeId node : bisected_) {
            Floating fewer = bisected_;
            fewer.erase(node);
            const std::optional<double> error = error_of(fewer);
            if (!error) return {};
            costs.emplace_back(*error, node);
        }
        std::sort(costs.begin(), costs.end());
        std::vector<NodeId> order;
        for (const auto& [cost, node] : costs) order.push_back(node);
        return order;
    }

    // Puts back as many of the first operators of `order` as it `holds` for, all of them tried first, then single ones of the others until
    // some in a row fail; nothing where the search is over.
    template <class Holds>
    static std::optional<std::vector<NodeId>> put_back(const Floating& floating, const std::vector<NodeId>& order, Holds holds) {
        std::vector<NodeId> found = order;
        if (order.empty()) return found;
        const auto does_hold = [&] {
            Floating fewer = floating;
            for (const NodeId node : found) fewer.erase(node);
            return holds(fewer);
        };
        const std::optional<bool> all = does_hold();
        if (!all) return {};
        if (*all) return found;
        std::size_t held = 0, failed = order.size();
        const auto first = [&](std::size_t count) { found.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)); };
        if (!narrow(held, failed, [&](std::size_t count) {
                first(count);
                return does_hold();
            }))
            return {};
        first(held);
        int in_a_row = 0;
        for (std::size_t i = failed; i < order.size() && in_a_row < kFailuresInARow; ++i) {
            found.push_back(order[i]);
            const std::optional<bool> does = does_hold();
            if (!does) return {};
            if (!*does) found.pop_back();
            in_a_row = *does ? 0 : in_a_row + 1;
        }
        return found;
    }

    // First as far as the error stays small, which costs a few images a trial, then as far as the target is met.
    void win_back() {
        const std::optional<std::vector<NodeId>> order = least_costly_first();
        if (!order) return;
        const double most_error = kMostError * std::max(bisected_error_, least_missed_);
        const auto harmless = put_back(bisected_, *order, [&](const Floating& floating) -> std::optional<bool> {
            const std::optional<double> error = error_of(floating);
            return error ? std::optional(*error <= most_error) : std::nullopt;
        });
        if (harmless) put_back(bisected_, *harmless, [this](const Floating& floating) { return meets(floating); });
    }

    const SearchTask& task_;
    SearchResult result_;
    bool is_fp32_ = true;  // what goes back, whatever else the device has
    Floating best_;        // of result_.plan
    Floating bisected_;    // before any was won back
    double bisected_error_ = 0;
    // Error of the best changed plan that missed the target. Where none did, one group went back: what is won back of it cannot do worse
    // than the plan before the search.
    double least_missed_ = std::numeric_limits<double>::infinity();
};

}  // namespace

SearchResult search_by_bisection(const SearchTask& task) {
    return Bisection(task).run();
}

}  // namespace octavo
