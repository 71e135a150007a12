// A model that takes four images at once, and no other number, is calibrated as the one is that takes any: images fill its batch, the last
// one with zeros behind them.
#include "core/pipeline/stage_check.h"
#include "tests/support/calibrated.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;
using namespace octavo::testing;

namespace {

Config config_for(std::int64_t batch, const char* algorithm = "percentile,bias_correction") {
    Overrides overrides;
    overrides.device = "onednn";
    overrides.algorithm = algorithm;
    overrides.limit = 22;  // five batches and a half
    overrides.batch = batch;
    return quickstart_config(overrides);
}

Model fixed(const Config& config, std::int64_t batch) {
    Model model = required(load_model(config.model));
    for (Graph* graph : {&model.calibration, &model.executed}) {
        *graph = required(with_batch(*graph, batch));
        for (const TensorId input : graph->inputs) (*graph)[input].free_batch = false;
    }
    return model;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fixed_batches)

BOOST_AUTO_TEST_CASE(plan_and_accuracy_are_those_of_any_batch) {
    const Config config = config_for(1);
    const Model any = required(load_model(config.model)), four = fixed(config, 4);
    BOOST_REQUIRE(!with_batch(four.executed, 1));
    const Outcome expected = calibrated(config, any), found = calibrated(config, four);
    BOOST_TEST((found.plan.tensors == expected.plan.tensors));
    BOOST_TEST((found.plan.operators == expected.plan.operators));
    BOOST_TEST((found.plan.replaced == expected.plan.replaced));
    BOOST_TEST(found.accuracy.all.images == 22);
    BOOST_TEST((found.accuracy.all.changed == expected.accuracy.all.changed));
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(found.accuracy.all.figures.at(i).at(0).value == expected.accuracy.all.figures.at(i).at(0).value);
}

// How many images run together decides when a candidate is given up, so the plan may be another one.
BOOST_AUTO_TEST_CASE(refining_runs_too) {
    const Config config = config_for(1, "percentile,refine");
    const double expected = calibrated(config, required(load_model(config.model))).accuracy.all.snr_db;
    BOOST_TEST(calibrated(config, fixed(config, 4)).accuracy.all.snr_db > expected - 1);
}

BOOST_AUTO_TEST_CASE(another_batch_that_is_asked_for_is_refused) {
    const Model four = fixed(config_for(1), 4);
    for (const std::int64_t batch : {1, 4}) BOOST_TEST(static_cast<bool>(check_model(config_for(batch), four)));
    const Result<void> checked = check_model(config_for(2), four);
    BOOST_REQUIRE(!checked);
    BOOST_TEST(checked.error().message() == "--batch: /batch: found 2, expected 4, the only batch size of the model [E201-input-mismatch]");
}

BOOST_AUTO_TEST_SUITE_END()
