// A model that takes pixels as bytes, and subtracts their mean itself, is calibrated and judged as the one is that wants them prepared.
#include "core/pipeline/stage_check.h"
#include "tests/support/calibrated.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;
using namespace octavo::testing;

namespace {

TensorId add_constant(Graph& graph, const std::string& name, const std::array<float, 3>& values) {
    return graph.add_tensor({name, OCTAVO_F32, {1, 3, 1, 1}, make_buffer(std::vector<float>(values.begin(), values.end())), false});
}

// Bytes with channels behind height and width, as TensorFlow's exporters write them.
Graph of_bytes(const Config& config, Graph graph) {
    const auto normalize = std::get<Normalize>(config.preprocess.steps.back());
    const TensorId prepared = graph.inputs[0];
    const Shape shape = graph[prepared].shape;
    const auto add = [&](const char* name, Shape made) { return graph.add_tensor({name, OCTAVO_F32, std::move(made), {}, false}); };
    const TensorId pixels = graph.add_tensor({"pixels", OCTAVO_U8, {shape[0], shape[2], shape[3], shape[1]}, {}, false});
    const TensorId wide = add("wide", graph[pixels].shape), turned = add("turned", shape), centred = add("centred", shape);
    const std::vector<Node> front = {{"wide", "Cast", {pixels}, {wide}, {{"to", std::int64_t{1}}}, {}},
                                     {"turned", "Transpose", {wide}, {turned}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}}, {}},
                                     {"centred", "Sub", {turned, add_constant(graph, "mean", normalize.mean)}, {centred}, {}, {}},
                                     {"scaled", "Mul", {centred, add_constant(graph, "scale", normalize.scale)}, {prepared}, {}, {}}};
    graph.nodes.insert(graph.nodes.begin(), front.begin(), front.end());
    graph.inputs = {pixels};
    return graph;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(byte_inputs)

BOOST_AUTO_TEST_CASE(accuracy_is_that_of_prepared_pixels) {
    Overrides overrides;
    overrides.limit = 22;
    Config config = quickstart_config(overrides);
    const AccuracyResult expected = calibrated(config, required(load_model(config.model))).accuracy;
    const Model model = required(load_model_of(config.model, of_bytes(config, required(read_model(config.model)))));
    const Result<void> twice = check_model(config, model);
    BOOST_REQUIRE(!twice);
    BOOST_TEST(twice.error().message().find("none, since the model's input 'pixels' takes pixels as bytes (u8)") != std::string::npos);
    config.preprocess.steps.pop_back();
    BOOST_REQUIRE(check_model(config, model));
    const AccuracyResult found = calibrated(config, model).accuracy;
    BOOST_TEST(found.all.images == 22);
    BOOST_REQUIRE(found.answers.size() == 22);
    for (std::size_t i = 0; i < found.answers.size(); ++i) BOOST_TEST(found.answers[i].best_class == expected.answers[i].best_class);
    BOOST_TEST(found.all.figures[0][0].value == expected.all.figures[0][0].value);
    BOOST_TEST(found.all.snr_db > expected.all.snr_db - 1);
}

BOOST_AUTO_TEST_SUITE_END()
