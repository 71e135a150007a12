// ssd: both conventions by hand, the kinds of code, where priors come from, and what is refused.
#include "tests/support/detector.h"
#include "tests/support/folder.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;
using namespace octavo::testing;

namespace {

// In an input of 200 x 100 pixels: a prior of 40 x 20 pixels around (60, 50), and one of 100 x 50 around (100, 50).
const std::vector<float> kPriors = {0.2F, 0.4F, 0.4F, 0.6F, 0.25F, 0.25F, 0.75F, 0.75F};
const std::vector<float> kVariances = {0.1F, 0.1F, 0.2F, 0.2F, 0.1F, 0.1F, 0.2F, 0.2F};
const octavo_geometry kGeometry = geometry(200, 100);

std::vector<float> both(std::vector<float> a, const std::vector<float>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// The first is moved by 0.1 * (1, -2) of its size and made 2 x 1 times as large; the second stays.
const float kLn2 = std::log(2.0F);
const std::vector<float> kPlaces = {1, -2, 5 * kLn2, 0, 0, 0, 0, 0};
// centre (60 + 4, 50 - 4), 80 x 20
const std::vector<octavo_box> kExpected = {box(50, 25, 150, 75, 1, 0.75F), box(24, 36, 104, 56, 0, 0.6F)};
// softmax of ln: 0.2 0.6 0.2, 0.125 0.125 0.75
const std::vector<float> kScores = {0, std::log(3.0F), 0, 0, 0, std::log(6.0F)};
const Settings kSharp = {{"score_threshold", "0.3"}};

OutputList caffe() {
    OutputList list;
    list.add("loc", {1, 8}, kPlaces).add("conf", {1, 6}, kScores).add("prior", {1, 2, 8}, both(kPriors, kVariances));
    return list;
}

Boxes found(Settings settings, const OutputList& outputs) {
    settings.insert(settings.end(), kSharp.begin(), kSharp.end());
    return DetectorPlugin("ssd", settings).boxes(outputs, kGeometry);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ssd)

BOOST_AUTO_TEST_CASE(places_of_caffe) {
    check_boxes(found({}, caffe()), kExpected);
    check_boxes(found({}, caffe().strided({2, 1, 0})), kExpected);
}

BOOST_AUTO_TEST_CASE(places_of_tensorflow) {
    const Folder folder;
    folder.write("priors.txt", "# of two maps\n0.2, 0.4, 0.4, 0.6\n\n0.25 0.25 0.75 0.75\r\n");
    const Settings settings = {{"priors_file", "\"" + (folder / "priors.txt") + "\""}, {"order", "\"yx\""}};
    OutputList list;
    list.add("scores", {1, 2, 3}, kScores).add("boxes", {1, 2, 4}, {-2, 1, 0, 5 * kLn2, 0, 0, 0, 0});
    check_boxes(found(settings, list), kExpected);
    check_boxes(found(settings, list.strided({0, 2, 1})), kExpected);
}

BOOST_AUTO_TEST_CASE(variances_are_the_models_or_the_configs) {
    OutputList without, other;
    without.add("loc", {1, 8}, kPlaces).add("conf", {1, 6}, kScores).add("prior", {1, 1, 8}, kPriors);
    check_boxes(found({}, without), kExpected);
    const std::vector<float> places = {0.1F, -0.2F, kLn2, 0, 0, 0, 0, 0};
    other.add("loc", {1, 8}, places).add("conf", {1, 6}, kScores).add("prior", {1, 2, 8}, both(kPriors, kVariances));
    check_boxes(found({{"variances", "[1, 1, 1, 1]"}}, other), kExpected);
}

BOOST_AUTO_TEST_CASE(places_of_corners) {
    // 0.1 and 0.2 times the places, of the input; of the prior, 40 x 20 pixels
    const std::vector<float> places = {0.5F, 1, 0.5F, -0.5F, 0, 0, 0, 0};
    OutputList list;
    list.add("loc", {1, 8}, places).add("conf", {1, 6}, kScores).add("prior", {1, 2, 8}, both(kPriors, kVariances));
    check_boxes(found({{"code", "\"corner\""}}, list), {kExpected[0], box(50, 50, 100, 50, 0, 0.6F)});
    check_boxes(found({{"code", "\"corner_size\""}}, list), {kExpected[0], box(42, 42, 84, 58, 0, 0.6F)});
}

BOOST_AUTO_TEST_CASE(priors_may_be_in_pixels) {
    OutputList list;
    list.add("loc", {1, 8}, kPlaces).add("conf", {1, 6}, kScores).add("prior", {1, 1, 8}, {40, 40, 80, 60, 50, 25, 150, 75});
    check_boxes(found({{"units", "\"pixels\""}}, list), kExpected);
}

BOOST_AUTO_TEST_CASE(each_sample_has_its_row_and_all_share_the_priors) {
    OutputList list;
    list.add("loc", {2, 8}, both(std::vector<float>(8), kPlaces))
        .add("conf", {2, 6}, both(std::vector<float>(6), kScores))
        .add("prior", {1, 2, 8}, both(kPriors, kVariances));
    std::vector<Boxes> all;
    DetectorPlugin adapter("ssd", kSharp);
    BOOST_REQUIRE_MESSAGE(adapter.adapt(list, {kGeometry, kGeometry}, all) == 0, adapter.error.text);
    BOOST_REQUIRE_EQUAL(all.size(), 2U);
    BOOST_TEST(all[0].size() == 4U);
    check_boxes(all[1], kExpected);
}

BOOST_AUTO_TEST_CASE(refusals_say_what_was_found) {
    const auto refusal = [](const Settings& settings, const OutputList& list, Code code) {
        return DetectorPlugin("ssd", settings).refusal(list, kGeometry, code);
    };
    OutputList bare;
    bare.add("loc", {1, 8}, kPlaces).add("conf", {1, 6}, kScores);
    BOOST_TEST(refusal({}, bare, Code::config) ==
               "found the outputs 'loc' [1, 8], 'conf' [1, 6], expected just one of prior boxes [1, 2, n * 4] (\"priors_file\" for a model "
               "without); name it with \"priors\"");
    BOOST_TEST(refusal({{"priors", "\"loc\""}}, bare, Code::model) ==
               "output 'loc': found shape [1, 8], expected prior boxes [1, 2, n * 4] or [1, 1, n * 4]");
    OutputList twins;
    twins.add("a", {1, 8}, kPlaces).add("b", {1, 8}, kPlaces).add("prior", {1, 1, 8}, kPriors);
    BOOST_TEST(
        refusal({}, twins, Code::config) ==
        "found the outputs 'a' [1, 8], 'b' [1, 8], 'prior' [1, 1, 8], expected just one of places [batch, 2, 4] or [batch, 2 * 4]; name "
        "it with \"locations\"");
    OutputList odd = caffe();
    odd.add("odd", {1, 7}, std::vector<float>(7));
    BOOST_TEST(refusal({{"scores", "\"odd\""}}, odd, Code::model) == "output 'odd': found shape [1, 7], expected scores of 2 prior boxes");
    OutputList crowded = caffe();
    crowded.add("more", {1, 4}, std::vector<float>(4));
    BOOST_TEST(refusal({}, crowded, Code::config) ==
               "found the outputs 'loc' [1, 8], 'conf' [1, 6], 'prior' [1, 2, 8], 'more' [1, 4], expected just one of scores [batch, 2, "
               "classes] or [batch, 2 * classes] beside the places; name it with \"scores\"");
    BOOST_TEST(refusal({{"locations", "\"conf\""}}, caffe(), Code::model) ==
               "output 'conf': found shape [1, 6], expected 4 numbers for each of 2 prior boxes");
}

BOOST_AUTO_TEST_CASE(a_wrong_file_of_priors_is_refused) {
    const auto message = [](const Settings& settings) { return std::string(DetectorPlugin("ssd", settings).error.text); };
    BOOST_TEST(message({{"variances", "[1, 2]"}}) == "found 2 numbers in \"variances\", expected those of x, y, w, h");
    const Folder folder;
    const auto of_file = [&](const char* text) {
        folder.write("priors.txt", text);
        const std::string place = folder / "priors.txt", found = message({{"priors_file", "\"" + place + "\""}});
        BOOST_TEST(found.starts_with(place));
        return found.substr(place.size());
    };
    BOOST_TEST(of_file("0 0 1 1\n0 0 1\n") == ":2: found '0 0 1', expected left, top, right, bottom");
    BOOST_TEST(of_file("0 0 1 x\n") == ":1: found '0 0 1 x', expected left, top, right, bottom");
    BOOST_TEST(of_file("\n") == ": found no number, expected a prior box a line: left, top, right, bottom");
    const std::string missing = folder / "missing.txt";
    BOOST_TEST(message({{"priors_file", "\"" + missing + "\""}}) == missing + ": no such file");
}

BOOST_AUTO_TEST_SUITE_END()
