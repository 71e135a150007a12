// A plan on a model that is fed otherwise: the same integers come out, and what no longer fits is said.
#include "core/pipeline/fed_model.h"

#include "core/formats/onnx/qdq.h"
#include "core/formats/onnx/writer.h"
#include "core/passes/passes.h"
#include "core/pipeline/fed_values.h"
#include "tests/support/folder.h"
#include "tests/support/networks.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

const Feeding kAll = {{{"", {100, 120, 140}}}, {{"", {64, 32, 128}}}, true};

// A network in a file, with a plan beside it; scales and means of kAll keep pixels exact.
struct Calibrated {
    explicit Calibrated(const Graph& graph) : model(folder.write("m.onnx", write_onnx(graph))) {
        const Model loaded = must(load_model(model));
        executed = must(with_batch(loaded.executed, 1));
        std::mt19937 random(1);
        plan = plan_for(device("reference"), executed, random_inputs(executed, random));
        BOOST_REQUIRE(save_plan(plan, file()));
    }
    std::string file() const { return folder / "plan.json"; }
    FeedRequest request(Feeding feeding, InputShapes shapes = {}) const { return {model, file(), std::move(shapes), std::move(feeding)}; }

    Folder folder;
    std::string model;
    Graph executed;
    Plan plan;
};

Graph network(bool normalizes_itself) {
    GraphBuilder builder;
    TensorId x = builder.input("x", {-1, 3, 8, 8});
    if (normalizes_itself) x = builder.node("Mul", "own", {x, builder.random("own.by", {1, 3, 1, 1}, 0.5F, 1)});
    const TensorId a = builder.node("Relu", "a", {builder.conv("a.conv", x, 3, 8, 3)});
    return builder.done({builder.conv("b", a, 8, 4, 3)});
}

std::vector<float> first_output(const Graph& graph, const Plan& plan, const std::vector<std::vector<std::byte>>& inputs) {
    Session session = must(Session::compile(device("reference"), graph, &plan, {}));
    BOOST_REQUIRE(session.run(inputs));
    return row_major(session.output_views()[0]);
}

BOOST_AUTO_TEST_SUITE(fed_models)

BOOST_AUTO_TEST_CASE(a_plan_gives_the_same_integers_of_raw_pixels) {
    const Calibrated calibrated(network(false));
    const FedModel fed = must(load_fed_model(calibrated.request(kAll)));
    BOOST_REQUIRE(fed.plan);
    BOOST_TEST(fed.plan->tensors.contains("x.scaled"));
    BOOST_TEST(!fed.plan->tensors.contains("x"));
    BOOST_TEST((fed.plan->tensors.at("x.scaled") == calibrated.plan.tensors.at("x")));
    BOOST_TEST(fed.plan->weight_scale == calibrated.plan.weight_scale);
    BOOST_TEST(fed.plan->graph_structure != calibrated.plan.graph_structure);
    BOOST_REQUIRE(check_plan(*fed.plan, fed.model.executed));

    const std::vector<Port> ports = ports_of(calibrated.executed, calibrated.executed.inputs);
    const auto raw = raw_inputs(ports, fed.feeds);
    BOOST_TEST(first_output(must(with_batch(fed.model.executed, 1)), *fed.plan, raw) ==
               first_output(calibrated.executed, calibrated.plan, preprocessed(raw, ports, fed.feeds)));
}

BOOST_AUTO_TEST_CASE(without_a_plan_the_reversal_goes_into_the_weights) {
    const Calibrated calibrated(network(false));
    FeedRequest request = calibrated.request({{}, {}, true});
    BOOST_TEST(must(load_fed_model(request)).model.executed.nodes[0].op == "Gather");
    request.plan = "none";
    BOOST_TEST(must(load_fed_model(request)).model.executed.nodes[0].op == "Conv");
}

BOOST_AUTO_TEST_CASE(a_normalization_of_the_models_own_becomes_part_of_the_new_one) {
    const Calibrated calibrated(network(true));
    BOOST_REQUIRE(calibrated.plan.operators.at("own").precision == Precision::int8);
    const FedModel fed = must(load_fed_model(calibrated.request(kAll)));
    BOOST_TEST(ops_of(fed.model.executed) == "Gather ScaleShift Conv Conv");
    BOOST_TEST(!fed.plan->operators.contains("own"));
    BOOST_TEST(fed.plan->tensors.size() == calibrated.plan.tensors.size() - 1);
}

BOOST_AUTO_TEST_CASE(a_plan_fits_the_model_at_another_size) {
    const Calibrated calibrated(network(false));
    const FedModel fed = must(load_fed_model(calibrated.request(kAll, {{"x", {-1, 3, 12, 10}}})));
    BOOST_TEST((must(with_batch(fed.model.executed, 2))[fed.model.executed.outputs[0]].shape == Shape{2, 4, 12, 10}));
    BOOST_REQUIRE(check_plan(*fed.plan, fed.model.executed));
    BOOST_TEST(fed.plan->tensors.size() == calibrated.plan.tensors.size());
}

// They merge where the model is real, with a plan or without, and stay apart where it is quantized: weights would leave their grids.
BOOST_AUTO_TEST_CASE(branches_are_merged_or_not_as_without_the_change) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 8, 8});
    const TensorId sum = builder.node("Add", "sum", {builder.conv("a", x, 3, 8, 3), builder.conv("b", x, 3, 8)});
    Graph graph = builder.done({builder.conv("y", sum, 8, 4)}, 1);
    const Calibrated real(graph);
    const FedModel merged = must(load_fed_model(real.request(kAll)));
    BOOST_TEST(ops_of(merged.model.executed) == "Gather ScaleShift Conv Conv");
    BOOST_REQUIRE(check_plan(*merged.plan, merged.model.executed));

    std::mt19937 random(1);
    BOOST_REQUIRE(fuse_residuals(graph));
    const Plan plan = plan_for(device("reference"), graph, random_inputs(graph, random));
    const std::string file = real.folder.write("quantized.onnx", must(write_onnx_qdq(graph, plan)).bytes);
    const FedModel apart = must(load_fed_model({file, {}, {}, kAll}));
    BOOST_REQUIRE(apart.plan);
    BOOST_TEST(ops_of(apart.model.executed) == "Gather ScaleShift Conv Conv Conv");
    BOOST_REQUIRE(check_plan(*apart.plan, apart.model.executed));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_carried_over_is_said) {
    Calibrated calibrated(network(true));
    calibrated.plan.replaced["own.scale"] = {1, 2, 3};
    BOOST_REQUIRE(save_plan(calibrated.plan, calibrated.file()));
    const Result<FedModel> fed = load_fed_model(calibrated.request(kAll));
    BOOST_REQUIRE(!fed);
    BOOST_TEST((fed.error().code() == Code::config));
    BOOST_TEST(fed.error().message() == calibrated.file() +
                                            ": cannot be carried over to the changed model: plan: names a replaced "
                                            "constant 'own.scale' that the graph lacks; convert the model first and "
                                            "calibrate what comes out");
}

BOOST_AUTO_TEST_CASE(a_plan_of_another_model_is_refused_before_anything_is_changed) {
    Calibrated calibrated(network(false));
    calibrated.plan.graph_structure = "0";
    BOOST_REQUIRE(save_plan(calibrated.plan, calibrated.file()));
    const Result<FedModel> fed = load_fed_model(calibrated.request(kAll));
    BOOST_REQUIRE(!fed);
    BOOST_TEST(fed.error().message().starts_with(calibrated.file() + ": plan: was made for another graph"), fed.error().message());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
