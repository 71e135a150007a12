// Whole runs with an accuracy target: when operators are searched for, on which images, and what is written then.
#include "core/pipeline/run.h"
#include "core/plan/plan_json.h"
#include "tests/core/pipeline/quickstart_runs.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace octavo;
using namespace octavo::testing;

BOOST_AUTO_TEST_SUITE(searched_runs)

// A target that is met at once is not searched for; one that is missed is, on the images that are not held back.
BOOST_AUTO_TEST_CASE(a_search_is_made_where_it_is_needed) {
    const Folder folder;
    Overrides overrides = overrides_for(folder.path.string());
    overrides.device = "onednn";
    overrides.algorithm = "minmax,";
    Result<Config> config = read_config(quickstart("classify.json"), built_registry(), overrides);
    BOOST_REQUIRE(config);
    config->target = Target{Target::Unit::snr_db, 5};
    const Result<Report> easy = run_calibration(*config, {});
    BOOST_REQUIRE_MESSAGE(easy, (easy ? "" : easy.error().message()));
    BOOST_TEST(easy->target.status == "met");
    BOOST_TEST(!easy->search);
    BOOST_TEST(easy->seconds.search == 0);
    BOOST_TEST(!easy->target.held_back);

    config->target = Target{Target::Unit::snr_db, easy->snr_db + 3, 10};
    config->batch = 7;
    const Result<Report> hard = run_calibration(*config, {});
    BOOST_REQUIRE_MESSAGE(hard, (hard ? "" : hard.error().message()));
    BOOST_TEST(hard->target.status == "met");
    BOOST_REQUIRE(hard->search);
    BOOST_TEST(hard->search->images == 10);
    BOOST_TEST(!hard->search->returned.empty());
    BOOST_REQUIRE(hard->target.held_back);
    BOOST_TEST(hard->target.searched->images == 10);
    BOOST_TEST(hard->target.held_back->images == 14);
    BOOST_TEST(hard->target.searched->snr_db >= easy->snr_db + 3);
    const Result<Plan> plan = load_plan(folder.path.string() + "/plan.json");
    BOOST_REQUIRE(plan);
    for (const ReportReturned& one : hard->search->returned) {
        const std::optional<Precision> precision = find_precision(one.precision);  // bf16 is for CPUs that have it
        BOOST_REQUIRE(precision);
        BOOST_TEST((*precision != Precision::int8), one.name);
        BOOST_TEST((plan->operators.at(one.name) == OperatorPlan{*precision, Reason::accuracy}), one.name);
    }
}

// Every slice begins a batch of its own: operators are ranked on as many images all the same.
BOOST_AUTO_TEST_CASE(a_search_over_many_small_slices_finds_what_one_over_one_slice_does) {
    constexpr std::int64_t kImages = 24;
    std::vector<ReportSearch> found;
    for (const std::int64_t of_slice : {kImages, std::int64_t{1}}) {
        const Folder folder;
        boost::json::object text = boost::json::parse(content(quickstart("classify.json"))).as_object();
        boost::json::array slices;
        for (std::int64_t first = 0; first < kImages; first += of_slice)
            slices.push_back({{"list", "validation.txt"}, {"skip", first}, {"limit", of_slice}});
        text["validation"] = slices;
        text["output"] = folder / "run";
        text["algorithm"] = {"minmax"};
        text["target"] = {{"min_snr_db", 40}};
        const Result<Config> config = parse_config(boost::json::serialize(text), "slices.json",
                                                   std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart", built_registry(), {});
        BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.error().message()));
        const Result<Report> report = run_calibration(*config, {});
        BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
        BOOST_REQUIRE(report->search);
        found.push_back(*report->search);
    }
    BOOST_TEST(found[1].images == kImages);
    BOOST_TEST(!found[0].returned.empty());
    BOOST_TEST(found[0].won_back == found[1].won_back, boost::test_tools::per_element());
    BOOST_REQUIRE_EQUAL(found[0].returned.size(), found[1].returned.size());
    for (std::size_t i = 0; i < found[0].returned.size(); ++i) {
        BOOST_TEST(found[0].returned[i].name == found[1].returned[i].name);
        BOOST_TEST(std::abs(found[0].returned[i].alone_snr_db - found[1].returned[i].alone_snr_db) < 0.01);
    }
}

// Stopped when the plan of the search is about to be evaluated: what the report says of accuracy would be that of the plan before.
BOOST_AUTO_TEST_CASE(a_report_says_nothing_of_a_plan_that_was_replaced) {
    const Folder folder;
    Overrides overrides = overrides_for(folder.path.string());
    overrides.device = "onednn";
    overrides.algorithm = "minmax,";
    Result<Config> config = with_unreadable(folder, overrides);
    BOOST_REQUIRE(config);
    config->target.reset();
    const Result<Report> plain = run_calibration(*config, {});
    BOOST_REQUIRE(plain);
    config->target = Target{Target::Unit::snr_db, plain->snr_db + 3, 10};
    std::stop_source source;
    int evaluations = 0;
    RunEvents events;
    events.begin = [&](const std::string& stage, std::int64_t) {
        if (stage == "evaluate" && ++evaluations == 2) source.request_stop();
    };
    events.stop = source.get_token();
    const Result<Report> report = run_calibration(*config, events);
    BOOST_REQUIRE_MESSAGE(report, (report ? "" : report.error().message()));
    BOOST_TEST(report->interrupted == "evaluate");
    BOOST_REQUIRE(report->search);
    BOOST_TEST(!report->search->returned.empty());
    BOOST_TEST(!report->accuracy);
    BOOST_TEST(report->validation_images == 0);
    BOOST_TEST(report->target.status == "none");
    BOOST_TEST(report->unreadable.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
