// The search on networks whose operators each lose a known amount: what is found can be told beforehand.
#include "core/search/search.h"

#include "core/plan/rules.h"
#include "tests/support/graph_builder.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace octavo {
namespace {

using testing::GraphBuilder;

// A chain of convolutions c0, c1, ..., each read by the next alone.
Graph chain(std::size_t length) {
    GraphBuilder builder;
    TensorId x = builder.input("x", {-1, 2, 4, 4});
    for (std::size_t i = 0; i < length; ++i) x = builder.conv("c" + std::to_string(i), x, 2, 2);
    return builder.done({x});
}

// Everything that can be is int8.
Plan int8_plan(const Graph& graph) {
    Plan plan;
    plan.graph_structure = fingerprint(graph).structure;
    const auto operators = assign_precisions(graph, [](NodeId, Precision) { return true; }, {});
    for (const auto& [node, decided] : operators) {
        plan.operators[graph[node].name] = decided;
        if (graph[node].inputs.size() > 1 && graph[graph[node].inputs[1]].is_constant())
            plan.weight_scale[graph[graph[node].inputs[1]].name] = {0.1F};
    }
    for (const QuantizationPoint& point : quantization_points(graph, operators))
        for (const TensorId tensor : point.tensors) plan.tensors[graph[tensor].name].whole = make_quantization(-1.0, 1.0);
    return plan;
}

// Each int8 operator loses its cost; the sum may be at most `allowed`.
struct Synthetic {
    Graph graph;
    std::map<std::string, double> costs;
    double allowed = 0;
    std::map<std::string, double> seeming = {};  // what ranks operators; empty: the costs
    std::map<std::string, double> alone = {};    // the error where only one operator is int8; empty: as where more are
    int most_evaluations = 1000;
    Precision precision = Precision::fp32;
    double bf16_cost = 0;  // that each operator in bf16 loses
    std::function<bool(const Plan&)> is_allowed = [](const Plan&) { return true; };
    std::function<double(const Plan&)> time = {};
    int evaluated = 0;

    double lost(const Plan& plan) const { return sum_of(costs, plan); }
    double error(const Plan& plan) const {
        const auto is_int8 = [&](const auto& cost) { return plan.operators.at(cost.first).precision == Precision::int8; };
        if (!alone.empty() && std::count_if(costs.begin(), costs.end(), is_int8) == 1) return sum_of(alone, plan);
        return sum_of(seeming.empty() ? costs : seeming, plan);
    }
    double sum_of(const std::map<std::string, double>& each, const Plan& plan) const {
        double sum = 0;
        for (const auto& [name, cost] : each) {
            const Precision used = plan.operators.at(name).precision;
            sum += used == Precision::int8 ? cost : used == Precision::bf16 ? bf16_cost : 0;
        }
        return sum;
    }

    SearchResult search() {
        const Plan plan = int8_plan(graph);
        const auto evaluate = [this](const Plan& tried) -> Result<Verdict> {
            ++evaluated;
            const Result<void> fits = check_plan(tried, graph);
            BOOST_TEST(static_cast<bool>(fits), (fits ? "" : fits.error().message()));
            return Verdict{lost(tried) - allowed, error(tried)};
        };
        return search_by_bisection({graph, plan, lost(plan) - allowed, [this](const Plan& tried) -> Result<double> { return error(tried); },
                                    evaluate, [this](NodeId) { return precision; }, time, is_allowed, most_evaluations});
    }
};

std::vector<std::string> names_of(const Graph& graph, const std::vector<NodeId>& nodes) {
    std::vector<std::string> names;
    for (const NodeId node : nodes) names.push_back(graph[node].name);
    return names;
}

Synthetic with_costs(std::initializer_list<double> costs, double allowed) {
    Synthetic made{chain(costs.size()), {}, allowed};
    std::size_t i = 0;
    for (const double cost : costs) made.costs["c" + std::to_string(i++)] = cost;
    return made;
}

BOOST_AUTO_TEST_SUITE(bisection)

BOOST_AUTO_TEST_CASE(the_fewest_of_the_costliest_go_back) {
    Synthetic made = with_costs({0.1, 5, 0.2, 3, 0.1, 0.1, 4, 0.1}, 1.0);
    const SearchResult found = made.search();
    BOOST_TEST(found.excess <= 0);
    BOOST_TEST(names_of(made.graph, found.returned) == (std::vector<std::string>{"c1", "c3", "c6"}), boost::test_tools::per_element());
    BOOST_TEST((found.plan.operators.at("c1") == OperatorPlan{Precision::fp32, Reason::accuracy}));
    BOOST_TEST((found.plan.operators.at("c0") == OperatorPlan{Precision::int8, Reason::default_int8}));
    BOOST_TEST(found.evaluations == made.evaluated);
    BOOST_TEST(!found.is_spent);
    BOOST_TEST(names_of(made.graph, found.ranking[0].nodes) == std::vector<std::string>{"c1"}, boost::test_tools::per_element());
    BOOST_TEST(found.ranking[0].error == 5);
}

// NaN is what an operator that makes infinities out of a clipped range costs: it goes back, and the best that was tried is kept.
BOOST_AUTO_TEST_CASE(what_is_no_number_is_worse_than_any_number) {
    Synthetic made = with_costs({0.1, std::nan(""), 0.5}, 1.0);
    const SearchResult found = made.search();
    BOOST_TEST(found.excess <= 0);
    BOOST_TEST(names_of(made.graph, found.returned) == (std::vector<std::string>{"c1"}), boost::test_tools::per_element());
    Synthetic out_of_reach = with_costs({0.1, std::nan(""), 0.5}, -1.0);
    BOOST_TEST(out_of_reach.search().excess == 1.0);
}

// c1 loses most but is slow in floating point; two others that lose as much together are fast.
BOOST_AUTO_TEST_CASE(where_times_are_known_those_go_back_that_gain_most_for_theirs) {
    Synthetic made = with_costs({0.1, 5, 3, 3}, 6.0);
    made.time = [](const Plan& plan) {
        const auto is_floating = [&plan](const char* name) { return plan.operators.at(name).precision != Precision::int8; };
        return 10 + (is_floating("c1") ? 7.0 : 0) + (is_floating("c2") ? 1.0 : 0) + (is_floating("c3") ? 1.0 : 0);
    };
    const SearchResult found = made.search();
    BOOST_TEST(names_of(made.graph, found.returned) == (std::vector<std::string>{"c2", "c3"}), boost::test_tools::per_element());
    BOOST_TEST(names_of(made.graph, found.ranking.back().nodes) == std::vector<std::string>{"c1"}, boost::test_tools::per_element());
    BOOST_TEST(found.ranking.back().cost == 7);
}

// c1 costs most, but alone it seems the most harmless: all three go back, and c2 was not needed.
BOOST_AUTO_TEST_CASE(what_went_back_needlessly_is_won_back) {
    Synthetic made = with_costs({2.5, 5, 2}, 4.0);
    made.seeming = {{"c0", 1.2}, {"c1", 1.0}, {"c2", 1.1}};
    made.precision = Precision::bf16;
    const SearchResult found = made.search();
    BOOST_TEST(found.excess == -2.0);
    BOOST_TEST(names_of(made.graph, found.returned) == (std::vector<std::string>{"c0", "c1"}), boost::test_tools::per_element());
    BOOST_TEST(names_of(made.graph, found.won_back) == std::vector<std::string>{"c2"}, boost::test_tools::per_element());
    BOOST_TEST((found.plan.operators.at("c1") == OperatorPlan{Precision::bf16, Reason::accuracy}));
    BOOST_TEST((found.plan.operators.at("c2") == OperatorPlan{Precision::int8, Reason::default_int8}));
}

BOOST_AUTO_TEST_CASE(what_goes_back_takes_bf16_where_that_changes_little) {
    Synthetic made = with_costs({4, 3, 2}, 2.5);
    made.precision = Precision::bf16;
    made.bf16_cost = 0.2;
    SearchResult found = made.search();
    BOOST_TEST(names_of(made.graph, found.returned) == (std::vector<std::string>{"c0", "c1"}), boost::test_tools::per_element());
    BOOST_TEST((found.plan.operators.at("c0") == OperatorPlan{Precision::bf16, Reason::accuracy}));
    BOOST_TEST(found.ranking[0].error == 4);  // alone in int8, not beside the noise of bf16

    made.allowed = 2.3;  // too little for 2.4
    found = made.search();
    BOOST_TEST(found.excess <= 0);
    BOOST_TEST((found.plan.operators.at("c0") == OperatorPlan{Precision::fp32, Reason::accuracy}));

    made.allowed = 3.5;
    made.bf16_cost = 0.5;  // 3.0 meets it, but 2.0 is much less
    BOOST_TEST((made.search().plan.operators.at("c0") == OperatorPlan{Precision::fp32, Reason::accuracy}));
}

// Alone in int8 the costliest seem the most harmless, so nearly all go back; by what each costs when it is put back they are told apart.
BOOST_AUTO_TEST_CASE(many_are_won_back_by_few_evaluations) {
    Synthetic made{chain(48), {}, 64.5};
    for (std::size_t i = 0; i < 48; ++i) {
        const std::string name = "c" + std::to_string(i);
        made.costs[name] = i % 8 == 0 ? 20.0 : 0.1;
        made.alone[name] = i % 8 == 0 ? 0.1 : 1.0;
    }
    const SearchResult found = made.search();
    BOOST_TEST(found.excess <= 0);
    BOOST_TEST(found.won_back.size() == 42U);
    BOOST_TEST(found.returned.size() == 3U);
    BOOST_TEST(found.evaluations <= 16);
}

BOOST_AUTO_TEST_CASE(random_costs_end_at_a_plan_from_which_nothing_more_can_be_won) {
    std::mt19937 random(7);
    for (int round = 0; round < 40; ++round) {
        Synthetic made{chain(2 + random() % 12), {}, 0};
        double sum = 0;
        for (const Node& node : made.graph.nodes) sum += made.costs[node.name] = static_cast<double>(random() % 100) / 10 + 0.1;
        made.allowed = sum * static_cast<double>(random() % 90) / 100;
        const SearchResult found = made.search();
        BOOST_TEST(found.excess <= 0, "round " << round);
        BOOST_TEST(std::abs(found.excess - (made.lost(found.plan) - made.allowed)) < 1e-9);
        const SearchResult again = made.search();
        BOOST_TEST((again.plan == found.plan), "round " << round << " is not deterministic");
        // Costs add up, so the worst first is the least number.
        std::vector<double> costs;
        for (const auto& [name, cost] : made.costs) costs.push_back(cost);
        std::sort(costs.rbegin(), costs.rend());
        std::size_t least = 0;
        for (double left = sum; left > made.allowed && least < costs.size(); ++least) left -= costs[least];
        BOOST_TEST(found.returned.size() == least, "round " << round);
    }
}

BOOST_AUTO_TEST_CASE(evaluations_are_counted_and_bounded_and_the_best_is_kept) {
    Synthetic made = with_costs({1, 2, 3, 4, 5, 6, 7, 8}, 3.0);
    made.most_evaluations = 1;
    const SearchResult found = made.search();
    BOOST_TEST(made.evaluated == 1);
    BOOST_TEST(found.is_spent);
    BOOST_TEST(found.excess > 0);
    BOOST_TEST(found.returned.size() == 4U);  // the half
    BOOST_TEST(made.lost(found.plan) == 10);
}

BOOST_AUTO_TEST_CASE(where_too_little_would_stay_int8_the_best_that_is_allowed_is_kept) {
    Synthetic made = with_costs({4, 3, 2, 1}, 0.5);
    made.is_allowed = [](const Plan& plan) {
        return std::count_if(plan.operators.begin(), plan.operators.end(),
                             [](const auto& one) { return one.second.precision == Precision::int8; }) >= 2;
    };
    const SearchResult found = made.search();
    BOOST_TEST(found.excess == 2.5);
    BOOST_TEST(names_of(made.graph, found.returned) == (std::vector<std::string>{"c0", "c1"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_failing_trial_ends_the_search_with_the_best_so_far) {
    Synthetic made = with_costs({1, 2, 3, 4}, 0.5);
    const Plan plan = int8_plan(made.graph);
    int calls = 0;
    const auto evaluate = [&](const Plan& tried) -> Result<Verdict> {
        if (++calls > 1) return Error(Code::interrupted, "enough");
        return Verdict{made.lost(tried) - made.allowed, made.lost(tried)};
    };
    const SearchResult found = search_by_bisection({made.graph,
                                                    plan,
                                                    9.5,
                                                    [&](const Plan& tried) -> Result<double> { return made.lost(tried); },
                                                    evaluate,
                                                    [](NodeId) { return Precision::fp32; },
                                                    {},
                                                    [](const Plan&) { return true; },
                                                    100});
    BOOST_REQUIRE(found.stopped);
    BOOST_TEST((found.stopped->code() == Code::interrupted));
    BOOST_TEST(calls == 2);
    BOOST_TEST(found.returned.size() == 2U);
    BOOST_TEST(found.excess == 2.5);
}

// The error is asked for each group, once for what was bisected, and for each operator that may be won back.
BOOST_AUTO_TEST_CASE(a_failing_error_ends_the_search_without_another_evaluation) {
    Synthetic made = with_costs({2.5, 5, 2}, 4.0);
    const std::map<std::string, double> seeming = {{"c0", 1.2}, {"c1", 1.0}, {"c2", 1.1}};
    const Plan plan = int8_plan(made.graph);
    int errors = 0, evaluations = 0, evaluations_at_failure = 0;
    const auto error = [&](const Plan& tried) -> Result<double> {
        if (++errors < 5) return made.sum_of(seeming, tried);
        evaluations_at_failure = evaluations;
        return Error(Code::internal, "the device is gone");
    };
    const auto evaluate = [&](const Plan& tried) -> Result<Verdict> {
        ++evaluations;
        return Verdict{made.lost(tried) - made.allowed, made.lost(tried)};
    };
    const SearchResult found = search_by_bisection({made.graph,
                                                    plan,
                                                    made.lost(plan) - made.allowed,
                                                    error,
                                                    evaluate,
                                                    [](NodeId) { return Precision::fp32; },
                                                    {},
                                                    [](const Plan&) { return true; },
                                                    100});
    BOOST_REQUIRE(found.stopped);
    BOOST_TEST(found.stopped->message() == "the device is gone");
    BOOST_TEST(errors == 5);
    BOOST_TEST(evaluations == evaluations_at_failure);
    BOOST_TEST(found.excess <= 0);  // what was bisected stands
}

// x is read by a and the product of m; b alone reads a.
BOOST_AUTO_TEST_CASE(readers_of_one_grid_are_one_group) {
    GraphBuilder builder;
    const TensorId x = builder.conv("first", builder.input("x", {-1, 2, 4, 4}), 2, 2);
    const TensorId pooled = builder.node("MaxPool", "pool", {x}, {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
    const TensorId a = builder.conv("a", x, 2, 2), b = builder.conv("b", a, 2, 2);
    const TensorId m = builder.node("Mul", "m", {pooled, b});
    const Graph graph = builder.done({builder.conv("last", m, 2, 2)});
    std::string text;
    for (const auto& group : groups_to_return(graph, int8_plan(graph))) {
        for (const std::string& name : names_of(graph, group)) text += name + " ";
        text += "|";
    }
    BOOST_TEST(text == "first |a m |b |last |");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
