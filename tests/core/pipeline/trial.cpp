// What algorithms that run the network are told: the same errors wherever the frontier stands, whatever was changed in between.
#include "core/pipeline/trial.h"

#include "core/pipeline/write_plan.h"
#include "core/plan/rules.h"
#include "tests/support/calibrated.h"

#include <octavo/algorithm.h>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace octavo;
using namespace octavo::testing;

namespace {

// The quickstart's network with ranges and scales from least to greatest.
struct Setting {
    Config config;
    Model model;
    DeviceHandle device;
    Layout layout;
    Statistics statistics;
    Graph graph;
    FlatGraph flat;
    CalibrationView view;
    QuantizeRequest request;
    Trial trial;

    explicit Setting(const char* device_name, bool has_early_output = false)
        : config(read(device_name)),
          model(has_early_output ? early(required(load_model(config.model))) : required(load_model(config.model))),
          device(required(DeviceHandle::create(*config.device.plugin, config.device.values))),
          layout(required(lay_out(model, device))),
          statistics(required(collect_statistics({config, model, device, layout, {}}))),
          graph(required(with_batch(model.executed, 1))),
          flat(graph),
          view(required(CalibrationView::create(graph, layout, statistics))),
          request{config, model, device, layout, statistics, {}},
          trial(request, view) {
        const AlgorithmHandle algorithm = required(AlgorithmHandle::create(*config.algorithms[0].plugin, config.algorithms[0].values));
        BOOST_REQUIRE(view.edit(flat.view(), nullptr,
                                [&](const auto& calibration, const auto& editor) { return algorithm.apply(calibration, editor); }));
    }

    // What the operator in the middle writes becomes an output too, as the first head of a detector is.
    static Model early(Model model) {
        const Node& middle = model.executed.nodes[model.executed.nodes.size() / 2];
        const std::string name = model.executed[middle.outputs[0]].name;
        for (Graph* graph : {&model.calibration, &model.executed})
            for (std::size_t i = 0; i < graph->tensors.size(); ++i)
                if (graph->tensors[i].name == name) graph->outputs.insert(graph->outputs.begin(), static_cast<TensorId>(i));
        model.compared = compared_outputs(model.executed);
        return model;
    }

    static Config read(const char* device_name) {
        Overrides overrides;
        overrides.device = device_name;
        overrides.limit = 12;
        overrides.algorithm = "minmax,";
        return quickstart_config(overrides);
    }

    // Calls `use(const octavo_calibration&, const PlanEditor&, const Trial& in two parts)`.
    template <class Use>
    void with_trial(Use use) {
        BOOST_REQUIRE(view.edit(flat.view(), trial.table(),
                                [&](const octavo_calibration& calibration, const octavo_plan_editor& editor) -> Result<void> {
                                    const TrialView tried = required(TrialView::open(calibration, 10, 2));
                                    BOOST_TEST(tried.images() == 10);
                                    use(calibration, PlanEditor(editor), tried);
                                    return {};
                                }));
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(trials)

BOOST_AUTO_TEST_CASE(points_name_tensors_as_large_as_what_was_counted) {
    Setting setting("reference");
    setting.with_trial([&](const octavo_calibration& calibration, const PlanEditor&, const TrialView&) {
        int inside = 0;
        for (const octavo_point& point : std::span(calibration.points, static_cast<std::size_t>(calibration.point_count))) {
            BOOST_REQUIRE_MESSAGE(point.tensor >= 0 && point.tensor < calibration.graph->tensor_count, point.name);
            const octavo_tensor_info& tensor = calibration.graph->tensors[point.tensor];
            if (std::string(tensor.name) == point.name) continue;
            ++inside;  // of an operator that adds a residual
            std::uint64_t counted = 12;
            for (std::int32_t axis = 0; axis < tensor.rank; ++axis) counted *= static_cast<std::uint64_t>(tensor.shape[axis]);
            BOOST_TEST(point.whole.count == counted, point.name);
        }
        BOOST_TEST(inside > 0);
    });
}

BOOST_AUTO_TEST_CASE(ranges_of_sums_that_stay_real_act_nowhere) {
    for (const ModelForm form : {ModelForm::onnx, ModelForm::openvino}) {
        Setting setting("reference");
        setting.config.export_as = form;
        const bool is_real = form == ModelForm::openvino;
        setting.with_trial([&](const octavo_calibration&, const PlanEditor& editor, const TrialView& trial) {
            const std::vector<double> before = required(trial.measure());
            for (std::size_t i = 0; i < setting.layout.points.size(); ++i) {
                if (setting.layout.points[i].kind != PointKind::inner) continue;
                BOOST_TEST((trial.node_of_point(i) < 0) == is_real, setting.layout.points[i].name);
                Ranges halved = *editor.range(i, 1);
                for (double& end : halved.maximum) end /= 2;
                editor.set_range(i, halved);
            }
            BOOST_TEST((required(trial.measure()) == before) == is_real);
        });
    }
}

// Each product in floating point by turns, as a search tries them.
BOOST_AUTO_TEST_CASE(an_input_of_another_size_is_an_error) {
    Setting setting("reference");
    Session session = required(Session::compile(setting.device, setting.graph, nullptr, {}));
    const Result<void> ran = session.run(std::vector<std::vector<std::byte>>{std::vector<std::byte>(3)});
    BOOST_REQUIRE(!ran);
    BOOST_TEST(ran.error().message().find("has 3 bytes, expected ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_plans_have_in_common_need_not_run_again) {
    for (const char* device : {"reference", "onednn"}) {
        Setting setting(device);
        const Graph& graph = setting.graph;
        const Plan all = required(write_plan(setting.request, graph, setting.view));
        const Port input = ports_of(graph, graph.inputs)[0];
        Frontier::Buffers image(1, std::vector<std::byte>(input.size_bytes()));
        for (std::size_t i = 0; i < image[0].size() / sizeof(float); ++i)
            reinterpret_cast<float*>(image[0].data())[i] = std::sin(static_cast<float>(i));
        Frontier frontier(graph, graph.outputs);
        frontier.add(image);
        std::optional<Plan> before;
        std::size_t saved = 0;
        for (const NodeId product : setting.layout.products) {
            const Plan plan = in_floating_point(graph, all, {{product, {Precision::fp32, Reason::accuracy}}});
            const auto compile = [&](const Graph& part) { return Session::compile(setting.device, part, &plan, {}); };
            BOOST_REQUIRE(frontier.move_to(before ? first_difference(graph, *before, plan) : 0, compile));
            before = plan;
            saved += frontier.node();
            const Graph rest = frontier.rest();
            Session behind = required(compile(rest)), whole = required(compile(graph));
            BOOST_REQUIRE(frontier.run(behind, rest, 0));
            BOOST_REQUIRE(whole.run(image));
            BOOST_TEST(keep_output("", behind.output_views()[0]).values == keep_output("", whole.output_views()[0]).values,
                       graph[product].name << " on " << device);
        }
        BOOST_TEST(saved > 0U);
    }
}

BOOST_AUTO_TEST_CASE(errors_do_not_depend_on_where_the_frontier_stands) {
    for (const char* device : {"reference", "onednn"}) {
        Setting setting(device);
        setting.with_trial([&](const octavo_calibration& calibration, const PlanEditor& editor, const TrialView& trial) {
            const std::vector<double> whole = required(trial.measure());
            BOOST_TEST(whole.size() == 2U);
            for (const double error : whole) BOOST_TEST((error > 0 && error < 0.1));
            for (std::int32_t node = 0; node < calibration.graph->node_count; ++node) {
                trial.move_to(node);
                BOOST_TEST(required(trial.measure()) == whole, "at node " << node << " on " << device);
            }
            const Ranges standing = *editor.range(1, calibration.points[1].channels);
            Ranges halved = standing;
            for (double& end : halved.maximum) end /= 2;
            editor.set_range(1, halved);  // in front of the frontier
            const std::vector<double> changed = required(trial.measure());
            BOOST_TEST(changed[0] > whole[0]);
            editor.set_range(1, standing);
            BOOST_TEST(required(trial.measure()) == whole);
        });
    }
}

BOOST_AUTO_TEST_CASE(a_measurement_ends_where_a_limit_is_passed) {
    Setting setting("reference");
    setting.with_trial([&](const octavo_calibration&, const PlanEditor&, const TrialView& trial) {
        const std::vector<double> whole = required(trial.measure());
        BOOST_TEST(required(trial.measure(whole)) == whole);
        const double infinity = std::numeric_limits<double>::infinity();
        BOOST_TEST(required(trial.measure(std::vector<double>{whole[0] / 2, whole[1]})) == (std::vector<double>{infinity, infinity}));
        BOOST_TEST(required(trial.measure(std::vector<double>{whole[0], whole[1] / 2})) == (std::vector<double>{whole[0], infinity}));
    });
}

BOOST_AUTO_TEST_CASE(a_shift_is_what_the_mean_of_a_product_lacks) {
    for (const bool has_early_output : {false, true}) {
        Setting setting("onednn", has_early_output);
        setting.with_trial([&](const octavo_calibration& calibration, const PlanEditor& editor, const TrialView& trial) {
            for (std::size_t i = 0; i < static_cast<std::size_t>(calibration.product_count); ++i) {
                const octavo_product& product = calibration.products[i];
                trial.move_to(product.node);
                const std::vector<double> before = required(trial.product_shift(i, product.output_channels));
                std::vector<float> biases(product.biases, product.biases + product.output_channels);
                for (std::size_t c = 0; c < biases.size(); ++c) biases[c] += static_cast<float>(before[c]);
                editor.set_bias(i, biases);
                const std::vector<double> after = required(trial.product_shift(i, product.output_channels));
                // Biases lie on a grid, before and after: half a step each.
                const Plan plan = required(write_plan(setting.request, setting.graph, setting.view));
                const Node& node = setting.graph.nodes[static_cast<std::size_t>(product.node)];
                const TensorPlan& input = plan.tensors.at(setting.graph[node.inputs[0]].name);
                const Quantization& grid = is_depthwise(setting.graph, node) && input.depthwise ? *input.depthwise : *input.whole;
                for (std::size_t c = 0; c < after.size(); ++c) {
                    const float scale = grid.scale.size() == 1 ? grid.scale[0] : grid.scale[c];
                    BOOST_TEST(std::fabs(after[c]) <= 1.01 * static_cast<double>(scale * product.weight_scale[c]) + 1e-5,
                               "channel " << c << " of " << node.name << " still lacks " << after[c]);
                }
            }
        });
    }
}

BOOST_AUTO_TEST_CASE(calls_that_make_no_sense_are_errors) {
    Setting setting("reference");
    const octavo_trial& table = *setting.trial.table();
    octavo_error error{};
    error.size = sizeof error;
    std::vector<double> numbers(64);
    BOOST_TEST(table.measure(table.context, nullptr, numbers.data(), &error) != 0);
    BOOST_TEST(std::string(error.text) == "octavo_trial: measured before it was opened");
    BOOST_TEST(table.node_of_point(table.context, 0) == 0);
    std::int64_t found = 0;
    BOOST_TEST(table.open(table.context, 0, 1, &found, &error) != 0);
    BOOST_TEST(table.open(table.context, 4, -1, &found, &error) != 0);
    BOOST_REQUIRE(table.open(table.context, 4, 1, &found, &error) == 0);
    BOOST_TEST(found == 4);
    const auto products = static_cast<std::int32_t>(setting.layout.products.size());
    for (const std::int32_t product : {-1, products}) BOOST_TEST(table.product_shift(table.context, product, numbers.data(), &error) != 0);
    BOOST_TEST(table.node_of_point(table.context, static_cast<std::int32_t>(setting.layout.points.size())) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
