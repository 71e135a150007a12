// The fastest assignment against every possible one, and the file that costs are kept in.
#include "core/plan/costs.h"

#include "core/base/files.h"
#include "damage.h"
#include "samples.h"
#include "tests/support/folder.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <random>

namespace octavo {
namespace {

using testing::Folder;
using testing::GraphBuilder;

// Convolutions and sums of any two tensors before them.
Graph random_graph(std::mt19937& random) {
    GraphBuilder builder;
    std::vector<TensorId> tensors = {builder.input("x", {-1, 2, 4, 4})};
    const auto any = [&] { return tensors[random() % tensors.size()]; };
    const std::size_t size = 2 + random() % 8;
    for (std::size_t i = 0; i < size; ++i) {
        const std::string name = "n" + std::to_string(i);
        tensors.push_back(random() % 3 == 0 ? builder.node("Add", name, {any(), any()}) : builder.conv(name, any(), 2, 2));
    }
    return builder.done({tensors.back(), tensors[1 + random() % (size - 1)]});
}

Plan plan_of(const Graph& graph, const std::vector<Precision>& precisions) {
    Plan plan;
    for (std::size_t n = 0; n < precisions.size(); ++n) plan.operators[graph.nodes[n].name] = {precisions[n], Reason::speed};
    return plan;
}

Costs random_costs(const Graph& graph, std::mt19937& random) {
    Costs costs;
    const auto time = [&] { return static_cast<double>(random() % 1000) / 1000; };
    for (const Node& node : graph.nodes) {
        if (random() % 8 == 0) continue;  // does nothing at run time
        costs.operators[node.name] = {{Precision::fp32, time()}, {Precision::int8, time()}};
        if (random() % 2 == 0) costs.operators[node.name][Precision::bf16] = time();
    }
    for (const Tensor& tensor : graph.tensors)
        if (!tensor.is_constant()) costs.conversions[tensor.name] = {time() / 3, time() / 3};
    return costs;
}

BOOST_AUTO_TEST_SUITE(costs)

// conv (int8) -> d (fp32) -> p (int8) -> out (fp32), which reads p twice.
BOOST_AUTO_TEST_CASE(a_conversion_is_paid_once_a_tensor) {
    const Graph graph = testing::sample_graph();
    Costs costs;
    costs.operators = {
        {"conv", {{Precision::int8, 1}, {Precision::fp32, 1000}}}, {"d", {{Precision::fp32, 2}}}, {"p", {{Precision::int8, 4}}}};
    costs.conversions = {{"x", {8, 1000}}, {"conv", {1000, 16}}, {"d", {32, 1000}}, {"p", {1000, 64}}, {"out", {1000, 1000}}};
    const Plan plan = plan_of(graph, {Precision::int8, Precision::fp32, Precision::int8, Precision::fp32});
    BOOST_TEST(predicted_ms(graph, plan, costs) == 1 + 2 + 4 + 8 + 16 + 32 + 64);
}

BOOST_AUTO_TEST_CASE(no_assignment_is_faster) {
    std::mt19937 random(11);
    for (int round = 0; round < 200; ++round) {
        const Graph graph = random_graph(random);
        const Costs costs = random_costs(graph, random);
        const std::size_t count = graph.nodes.size();
        const std::size_t kept = random() % (2 * count);  // a node that stays in floating point, or none
        std::vector<Precision> start(count, Precision::int8), floating(count, Precision::fp32);
        if (kept < count) start[kept] = Precision::fp32;
        for (std::size_t n = 0; n < count; ++n) {
            const auto times = costs.operators.find(graph.nodes[n].name);
            if (times == costs.operators.end()) continue;
            const auto bf16 = times->second.find(Precision::bf16);
            if (bf16 != times->second.end() && bf16->second < times->second.at(Precision::fp32) && n != kept) floating[n] = Precision::bf16;
        }
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t mask = 0; mask < std::size_t{1} << count; ++mask) {
            std::vector<Precision> tried = start;
            for (std::size_t n = 0; n < count; ++n)
                if ((mask >> n & 1) != 0) tried[n] = floating[n];
            least = std::min(least, predicted_ms(graph, plan_of(graph, tried), costs));
        }
        std::vector<Precision> found = start;
        for (const auto& [node, decided] : faster_in_floating_point(graph, plan_of(graph, start), costs)) {
            BOOST_TEST((decided.reason == Reason::speed));
            found[index(node)] = decided.precision;
        }
        BOOST_TEST(std::abs(predicted_ms(graph, plan_of(graph, found), costs) - least) < 1e-5, "seed 11, round " << round);
    }
}

BOOST_AUTO_TEST_CASE(what_takes_as_long_stays_int8) {
    const Graph graph = testing::sample_graph();
    Costs costs;
    for (const char* name : {"conv", "d", "p", "out"}) costs.operators[name] = {{Precision::fp32, 1}, {Precision::int8, 1}};
    BOOST_TEST(faster_in_floating_point(graph, testing::sample_plan(graph), costs).empty());
}

const char* kText = R"({
  "format": "octavo-costs",
  "version": 1,
  "graph": {"structure": "s", "constants": "c"},
  "device": "d",
  "isa": "avx2",
  "cpu": "some \"CPU\"",
  "threads": 2,
  "int8_operators": "h",
  "plans": {"int8": 1.500000, "fastest": 1.250000},
  "operators": {
    "a": {"fp32": 0.250000, "int8": 0.125000},
    "b": {"bf16": 1000.000000}
  },
  "conversions": {
    "t": {"to_int8": 0.000001, "to_float": 0.000000}
  }
}
)";

BOOST_AUTO_TEST_CASE(a_file_holds_all) {
    Costs costs{"s", "c", "d", "avx2", "some \"CPU\"", "h", 2, {}, {}, PlanTimes{1.5, 1.25}};
    costs.operators = {{"a", {{Precision::fp32, 0.25}, {Precision::int8, 0.125}}}, {"b", {{Precision::bf16, 1000}}}};
    costs.conversions = {{"t", {0.000001, 0}}};
    BOOST_TEST(to_json(costs) == kText);
    const Folder folder;
    BOOST_REQUIRE(bool(write_atomically(folder / "costs.json", kText, Code::config)));
    const auto loaded = load_costs(folder / "costs.json");
    BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message()));
    BOOST_TEST((*loaded == costs));
}

const testing::Damage kDamages[] = {
    {"octavo-costs", "octavo-plan", "found the format \"octavo-plan\", expected costs that octavo calibrate has measured"},
    {"\"threads\": 2", "\"threads\": 0", "/threads: found 0, expected a number of threads"},
    {"\"fp32\": 0.250000", "\"fp64\": 0.250000", "/operators/a: has an unknown key 'fp64', did you mean 'fp32'?"},
    {"\"fp32\": 0.250000", "\"fp32\": -1", "/operators/a/fp32: found -1, expected milliseconds"},
    {"\"to_float\": 0.000000", "\"to_float\": 1e99", "/conversions/t/to_float: found 1E99, expected milliseconds"},
    {", \"to_float\": 0.000000", "", "/conversions/t: lacks 'to_float'"},
    {", \"fastest\": 1.250000", "", "/plans: lacks 'fastest'"},
    {"{\"bf16\": 1000.000000}", "[]", "/operators/b: found [], expected an object"},
};

BOOST_AUTO_TEST_CASE(damage_is_named_with_its_place) {
    testing::check_damages(kText, kDamages, &load_costs);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
