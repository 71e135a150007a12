// Descriptors are believed field by field.
#include "core/plugins/registry.h"

#include <octavo/abi/metric.h>

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace octavo;

namespace {

const octavo_metric_functions kFunctions = {
    sizeof(octavo_metric_functions),
    [](const octavo_value*, void**, octavo_error*) { return octavo_status{1}; },
    [](void*) {},
    [](void*) {},
    [](void*, const octavo_blob*, const octavo_blob*, double*, octavo_error*) { return octavo_status{1}; },
    [](void*, octavo_figure_sink, void*, octavo_error*) { return octavo_status{1}; },
    nullptr};
constexpr octavo_parameter kNamed[] = {{"top", OCTAVO_INT_LIST, "[1]", 0, 0, nullptr, "which"}};

octavo_plugin proper() {
    return {sizeof(octavo_plugin), OCTAVO_ABI_VERSION, OCTAVO_METRIC, "exact", "1.0.0", "a metric", kNamed, 1, &kFunctions};
}

// The reason for which a descriptor with one change is refused.
std::string refusal(const std::function<void(octavo_plugin&)>& change) {
    octavo_plugin plugin = proper();
    change(plugin);
    Registry registry;
    register_plugins(registry, &plugin, 1, "x.so");
    BOOST_TEST(registry.plugins.empty());
    BOOST_REQUIRE_EQUAL(registry.refused.size(), 1U);
    return registry.refused[0].reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(descriptors)

BOOST_AUTO_TEST_CASE(each_fault_has_its_reason) {
    const std::string metric_size = std::to_string(offsetof(octavo_metric_functions, set_classes));  // what came later may be missing
    static constexpr octavo_parameter kNameless[] = {{nullptr, OCTAVO_INT, "1", 0, 0, nullptr, "which"}};
    static constexpr octavo_parameter kStrange[] = {{"x", static_cast<octavo_parameter_type>(15), "1", 0, 0, nullptr, "which"}};
    static constexpr octavo_parameter kSilent[] = {{"x", OCTAVO_INT, "1", 0, 0, nullptr, nullptr}};
    static octavo_metric_functions incomplete = kFunctions;
    incomplete.add = nullptr;
    static const octavo_metric_functions kShort = {8, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
    BOOST_TEST(refusal([](octavo_plugin& p) { p.size = 16; }) == "has descriptors of 16 bytes, expected at least " +
                                                                     std::to_string(sizeof(octavo_plugin)) +
                                                                     "; build it with the headers of this version");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.kind = static_cast<octavo_kind>(7); }) == "is of the unknown kind 7");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.name = nullptr; }) == "has no proper name (lower case letters, digits, '_', '-', '.')");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.name = "Exact"; }) == "has no proper name (lower case letters, digits, '_', '-', '.')");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.summary = nullptr; }) == "metric 'exact' has no version or summary");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.functions = nullptr; }) == "metric 'exact' has no functions");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.functions = &kShort; }) ==
               "metric 'exact' has a function table of 8 bytes, expected at least " + metric_size +
                   "; build it with the headers of this version");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.functions = &incomplete; }) ==
               "metric 'exact' has a null pointer as function 4 of its table");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.parameter_count = -1; }) ==
               "metric 'exact' has a parameter table that cannot be (-1 entries)");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.parameters = nullptr; }) ==
               "metric 'exact' has a parameter table that cannot be (1 entries)");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.parameters = kNameless; }) == "metric 'exact' parameter 0 has no name");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.parameters = kStrange; }) == "metric 'exact' parameter 'x' has the unknown type 15");
    BOOST_TEST(refusal([](octavo_plugin& p) { p.parameters = kSilent; }) == "metric 'exact' parameter 'x' is not documented");
}

BOOST_AUTO_TEST_CASE(a_count_that_cannot_be_is_refused) {
    const octavo_plugin plugin = proper();
    Registry registry;
    register_plugins(registry, &plugin, 0, "x.so");
    register_plugins(registry, &plugin, 1 << 30, "x.so");
    register_plugins(registry, nullptr, 1, "x.so");
    BOOST_REQUIRE_EQUAL(registry.refused.size(), 3U);
    BOOST_TEST(registry.refused[1].reason == "names no plugins (count 1073741824)");
    BOOST_TEST(registry.plugins.empty());
}

BOOST_AUTO_TEST_CASE(the_same_descriptor_twice_is_one_plugin) {
    const octavo_plugin plugin = proper(), other = proper();
    Registry registry;
    register_plugins(registry, &plugin, 1, "folder/x.so");
    register_plugins(registry, &plugin, 1, "./folder/x.so");
    BOOST_TEST(registry.refused.empty());
    register_plugins(registry, &other, 1, "y.so");
    BOOST_REQUIRE_EQUAL(registry.refused.size(), 1U);
    BOOST_TEST(registry.refused[0].reason == "metric 'exact' is already there, from folder/x.so");
    BOOST_TEST(registry.plugins.size() == 1U);
}

BOOST_AUTO_TEST_CASE(descriptors_that_have_grown_at_their_end_are_read_at_their_own_stride) {
    struct Grown {
        octavo_plugin plugin;
        std::int64_t more[3];
    };
    Grown grown[2] = {{proper(), {1, 2, 3}}, {proper(), {4, 5, 6}}};
    for (Grown& one : grown) one.plugin.size = sizeof(Grown);
    grown[0].plugin.name = "second";
    grown[1].plugin.name = "first";
    Registry registry;
    register_plugins(registry, &grown[0].plugin, 2, "x.so");
    BOOST_TEST(registry.refused.empty());
    const std::vector<std::string> sorted = {"first", "second"};
    BOOST_TEST(registry.names(OCTAVO_METRIC) == sorted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
