// Evaluation: what is kept of one for the next changes nothing of what the next says.
#include "core/pipeline/stage_evaluate.h"

#include "core/pipeline/run.h"
#include "core/plan/plan_json.h"
#include "tests/core/pipeline/quickstart_runs.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;
using namespace octavo::testing;

namespace {

// The quickstart's network with a plan.
struct Calibrated {
    testing::Folder folder;
    Config config;
    Model model;
    DeviceHandle device;
    Plan plan;
    SearchImages search;

    Calibrated() {
        Overrides overrides;
        overrides.output = folder.path.string();
        overrides.device = "reference";
        overrides.limit = 23;
        config = read_config(quickstart("classify.json"), built_registry(), overrides).value();
        config.batch = 4;
        config.target.reset();
        BOOST_REQUIRE(run_calibration(config, {}));
        plan = load_plan(overrides.output.value() + "/plan.json").value();
        model = load_model(config.model).value();
        device = DeviceHandle::create(*config.device.plugin, config.device.values).value();
        search.numbers = {{0, 5, 10, 15, 20}};
        search.images = 5;
        search.held_back = 18;
    }

    AccuracyResult evaluated(std::vector<const Plan*> contenders, PictureCache* pictures, const AccuracyResult* before) const {
        Result<AccuracyResult> result = evaluate({config, model, device, std::move(contenders), {}, {}, &search, pictures, before});
        BOOST_REQUIRE_MESSAGE(result, (result ? "" : result.error().message()));
        return std::move(result).value();
    }
};

void check_equal(const AccuracyPart& found, const AccuracyPart& expected) {
    BOOST_TEST(found.images == expected.images);
    BOOST_TEST((found.changed == expected.changed));
    BOOST_TEST((found.right_to_wrong == expected.right_to_wrong));
    BOOST_TEST(found.snr_db == expected.snr_db);
    BOOST_REQUIRE_EQUAL(found.figures.size(), expected.figures.size());
    for (std::size_t i = 0; i < found.figures.size(); ++i)
        for (std::size_t k = 0; k < expected.figures[i].size(); ++k)
            BOOST_TEST(found.figures[i].at(k).value == expected.figures[i][k].value);
}

void check_equal(const AccuracyResult& found, const AccuracyResult& expected) {
    check_equal(found.all, expected.all);
    check_equal(found.searched.value(), expected.searched.value());
    check_equal(found.held_back.value(), expected.held_back.value());
    for (std::size_t i = 0; i < expected.answers.size(); ++i) BOOST_TEST(found.answers.at(i).best_class == expected.answers[i].best_class);
}

std::shared_ptr<const Framed> picture(int width) {
    return std::make_shared<const Framed>(Framed{blank_image(width, 1), {}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluations)

BOOST_AUTO_TEST_CASE(kept_pictures_and_remembered_answers_change_nothing) {
    const Calibrated made;
    const AccuracyResult expected = made.evaluated({nullptr, &made.plan}, nullptr, nullptr);
    BOOST_TEST(expected.first.empty());
    const std::size_t picture_bytes = 3U * 64U * 64U;
    for (const std::size_t pictures : {0U, 10U, 1000U}) {
        PictureCache cache(pictures * picture_bytes);
        AccuracyResult result;
        for (int time = 0; time < 3; ++time) {
            result = made.evaluated({nullptr, &made.plan}, &cache, &result);
            check_equal(result, expected);
            BOOST_TEST(result.first.size() == 6U);
        }
    }
}

// Where nobody is left to be held back there is no such part, and where nobody is left to be searched on there is no search.
BOOST_AUTO_TEST_CASE(a_part_that_cannot_be_read_is_none) {
    const testing::Folder folder;
    Overrides overrides = overrides_for(folder / "run");
    overrides.limit = 6;
    const Result<Config> config = with_unreadable(folder, overrides);  // the first of six
    BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
    const Model model = load_model(config->model).value();
    const DeviceHandle device = DeviceHandle::create(*config->device.plugin, config->device.values).value();
    SearchImages search;
    search.numbers = {{1, 2, 3, 4, 5}};
    search.images = 5;
    search.held_back = 1;
    const Result<AccuracyResult> rest = evaluate({*config, model, device, {nullptr, nullptr}, {}, {}, &search});
    BOOST_REQUIRE_MESSAGE(rest, (rest ? "" : rest.error().message()));
    BOOST_TEST(rest->all.images == 5);
    BOOST_TEST((!rest->searched && !rest->held_back));
    search.numbers = {{0}};
    search.images = 1;
    search.held_back = 5;
    const Result<AccuracyResult> none = evaluate({*config, model, device, {nullptr, nullptr}, {}, {}, &search});
    BOOST_REQUIRE(!none);
    BOOST_TEST(none.error().message() == "none of the search images can be read");
}

BOOST_AUTO_TEST_CASE(what_is_remembered_is_not_run_again) {
    const Calibrated made;
    const AccuracyResult none;
    const AccuracyResult of_plan = made.evaluated({&made.plan, nullptr}, nullptr, &none);
    BOOST_TEST(of_plan.all.snr_db < 60.0);
    const AccuracyResult again = made.evaluated({nullptr, &made.plan}, nullptr, &of_plan);  // in the place of fp32: what the plan said
    BOOST_TEST(again.all.changed.value() == 0);
    BOOST_TEST(again.all.snr_db > of_plan.all.snr_db);
}

BOOST_AUTO_TEST_CASE(what_is_remembered_of_other_images_is_refused) {
    Calibrated made;
    for (const std::int64_t batch : {1, 4}) {
        made.config.batch = batch;
        made.config.validation[0].limit = 23;
        made.config.validation[0].skip = 0;
        const AccuracyResult none;
        const AccuracyResult before = made.evaluated({nullptr, &made.plan}, nullptr, &none);
        for (const auto& [skip, limit] : {std::pair{0, 24}, {0, 20}, {1, 23}}) {
            made.config.validation[0].limit = limit;
            made.config.validation[0].skip = skip;
            const Result<AccuracyResult> result =
                evaluate({made.config, made.model, made.device, {nullptr, &made.plan}, {}, {}, &made.search, nullptr, &before});
            BOOST_REQUIRE(!result);
            BOOST_TEST(result.error().message().find("have become others") != std::string::npos, result.error().message());
        }
    }
}

BOOST_AUTO_TEST_CASE(pictures_are_kept_as_far_as_they_fit) {
    PictureCache cache(3 * 100);
    cache.add(0, 7, picture(60));
    cache.add(0, 7, picture(1));   // is there
    cache.add(0, 8, picture(41));  // does not fit
    cache.add(1, 7, picture(40));  // of another slice
    BOOST_REQUIRE(cache.find(0, 7));
    BOOST_TEST(cache.find(0, 7)->image.width == 60);
    BOOST_TEST(!cache.find(0, 8));
    BOOST_REQUIRE(cache.find(1, 7));
    BOOST_TEST(cache.find(1, 7)->image.width == 40);
}

BOOST_AUTO_TEST_SUITE_END()
