// Operators that move pixels, on their own between two convolutions: `onednn` against `reference` in int8 and in fp32, where not a bit may
// differ, and whether they ran as copies.
#include "tests/support/random_network.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

using Ints = std::vector<std::int64_t>;

struct Case {
    const char* title;
    const char* op;
    Attributes attributes;
    std::vector<Ints> integers;  // inputs behind the first
    std::vector<float> scales;   // of Resize, behind an empty region
    bool is_copy = true;
};

const Case kCases[] = {
    {"every other row", "Slice", {}, {{1}, {100}, {2}, {2}}, {}},
    {"every other row and column", "Slice", {}, {{0, 1}, {100, 100}, {2, 3}, {2, 2}}, {}},
    {"a crop", "Slice", {}, {{1, 2}, {5, -1}, {2, 3}}, {}},
    {"rows and columns backwards", "Slice", {}, {{-1, -1}, {-100, -100}, {2, 3}, {-1, -2}}, {}},
    {"some channels", "Slice", {}, {{2}, {5}, {1}}, {}},
    {"three channels of every other column", "Slice", {}, {{2, 0}, {5, 100}, {1, 3}, {1, 2}}, {}},
    {"the second image", "Slice", {}, {{1}, {2}, {0}}, {}},
    {"every other channel", "Slice", {}, {{0}, {100}, {1}, {2}}, {}},
    {"twice as large", "Resize", {}, {}, {1, 1, 2, 2}},
    {"of no whole factor", "Resize", {}, {}, {1, 1, 1.7F, 2.3F}},
    {"smaller", "Resize", {{"nearest_mode", std::string("ceil")}}, {}, {1, 1, 0.6F, 0.5F}},
    {"from the corner",
     "Resize",
     {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}},
     {},
     {1, 1, 2, 3}},
    {"linear", "Resize", {{"mode", std::string("linear")}}, {}, {1, 1, 2, 2}, false},
    {"linear, to the corners",
     "Resize",
     {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("align_corners")}},
     {},
     {1, 1, 2.5F, 1},
     false},
    {"linear and wider", "Resize", {{"mode", std::string("linear")}}, {}, {1, 1, 1, 1.7F}, false},
    {"cubic and smaller", "Resize", {{"mode", std::string("cubic")}, {"antialias", std::int64_t{1}}}, {}, {1, 1, 2, 0.6F}, false},
};

// Three channels in front, since pictures have as many, or eight.
Graph between_convolutions(const Case& one, std::int64_t channels) {
    GraphBuilder builder;
    const TensorId x = builder.conv("first", builder.input("x", {2, 4, 7, 6}), 4, channels);
    std::vector<TensorId> inputs = {x};
    for (const Ints& values : one.integers) inputs.push_back(builder.integers("i" + std::to_string(inputs.size()), values));
    if (!one.scales.empty()) {
        inputs.push_back(builder.constant("region", {0}, {}));
        inputs.push_back(builder.constant("scales", {4}, one.scales));
    }
    const TensorId moved = builder.node(one.op, "moved", inputs, one.attributes);
    Graph probe = builder.graph;  // to see how many channels are left
    probe.outputs = {moved};
    BOOST_REQUIRE(bool(infer_shapes(probe, 2)));
    return builder.done({builder.conv("last", moved, probe[moved].shape[1], 5)}, 2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(moves)

BOOST_AUTO_TEST_CASE(pixels_are_moved_bit_for_bit) {
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    for (const Case& one : kCases)
        for (const std::int64_t channels : {8, 5}) {
            const Graph graph = between_convolutions(one, channels);
            std::mt19937 random(3);
            const Tensors inputs = random_inputs(graph, random);
            const Plan plan = plan_for(fast, graph, inputs);
            for (const Plan* of : {static_cast<const Plan*>(nullptr), &plan}) {
                const Run expected = run_on(reference, graph, of, inputs, {"first", "moved"});
                const Run found = run_on(fast, graph, of, inputs, {"first", "moved"});
                const char* form = of ? "int8" : "fp32";
                if (of) BOOST_TEST((expected.taps.at("moved") == found.taps.at("moved")), one.title << ", " << form);
                if (of) BOOST_TEST((expected.outputs[0] == found.outputs[0]), one.title << ", " << form);
                // In floating point the convolution in front differs in its last bits.
                BOOST_TEST(worst_share(expected.taps.at("moved"), found.taps.at("moved")) < 1e-5F, one.title << ", " << form);
                for (const OperatorTime& step : found.operators)
                    if (step.name == "moved")
                        BOOST_TEST(step.implementation == (one.is_copy ? "copy" : "values"), one.title << ", " << form);
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()
