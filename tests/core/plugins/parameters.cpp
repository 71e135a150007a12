// From JSON to values by a declared table.
#include "core/plugins/parameters.h"
#include "tests/support/folder.h"

#include <octavo/parameters.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace octavo;

namespace {

constexpr octavo_parameter kTable[] = {
    path("images", nullptr, "folder of the images"),
    path("list", "null", "file of names"),
    integer("seed", "7", 0, 100, "start of the random numbers"),
    real("percent", "99.5", 50, 100, "share that is kept"),
    boolean("strict", "true", "whether to be strict"),
    string("weights", "\"channel\"", "channel|tensor", "one scale a channel or a tensor"),
    integers("top", "[1, 5]", 1, 1000, "ranks that count"),
    strings("names", "[]", "names of classes"),
};
const octavo_plugin kPlugin = {
    sizeof(octavo_plugin), OCTAVO_ABI_VERSION, OCTAVO_DATASET, "sample", "1", "a data set", kTable, std::size(kTable), nullptr};

struct Checked {
    ParameterValues values;
    std::vector<Finding> findings;
};

// Holds run/ (the config's folder) with a list in it, and images/ beside it.
const std::string& root() {
    static const testing::Folder folder;
    static const std::string path = folder.path.string();
    for (const char* name : {"run/l.txt", "images/1.jpg", "run/i/1.jpg"}) folder.write(name, "");
    return path;
}

Checked check(const std::string& text) {
    Checked checked;
    checked.values =
        check_parameters({&kPlugin, "x.so"}, boost::json::parse(text).as_object(), {root() + "/run", "/dataset"}, checked.findings);
    return checked;
}

// The only finding, as text.
std::string finding(const std::string& text) {
    const Checked checked = check(text);
    BOOST_REQUIRE_EQUAL(checked.findings.size(), 1U);
    return finding_text(checked.findings[0]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(defaults_are_filled_in_and_paths_resolved) {
    const Checked checked = check(R"({"images": "../images"})");
    BOOST_TEST(checked.findings.empty());
    const Values values(kTable, checked.values.data());
    BOOST_TEST(values.text("images") == root() + "/images");
    BOOST_TEST(!values.has("list"));
    BOOST_TEST(values.integer("seed") == 7);
    BOOST_TEST(values.real("percent") == 99.5);
    BOOST_TEST(values.boolean("strict"));
    BOOST_TEST(values.text("weights") == "channel");
    BOOST_TEST(values.integers("top").size() == 2U);
    BOOST_TEST(values.texts("names").empty());
    BOOST_TEST(
        boost::json::parse(checked.values.json()) ==
        boost::json::parse(R"({"images":")" + root() +
                           R"(/images","list":null,"seed":7,"percent":99.5,"strict":true,"weights":"channel","top":[1,5],"names":[]})"));
}

BOOST_AUTO_TEST_CASE(given_values_stand_above_defaults) {
    const Checked checked = check(
        R"({"images": "/", "list": "l.txt", "seed": 0, "percent": 60, "strict": false, "weights": "tensor", "top": 3, "names": ["a", "b"]})");
    BOOST_TEST(checked.findings.empty());
    const ParameterValues moved = [](Checked c) { return std::move(c.values); }(check(R"({"images": "/", "names": ["short", "x"]})"));
    const Values values(kTable, checked.values.data());
    BOOST_TEST(values.text("images") == "/");
    BOOST_TEST(values.text("list") == root() + "/run/l.txt");
    BOOST_TEST(values.integer("seed") == 0);
    BOOST_TEST(values.real("percent") == 60.0);
    BOOST_TEST(!values.boolean("strict"));
    BOOST_TEST(values.text("weights") == "tensor");
    BOOST_TEST(values.integers("top")[0] == 3);
    BOOST_TEST(values.texts("names")[1] == "b");
    BOOST_TEST(Values(kTable, moved.data()).texts("names")[0] == "short");  // moving keeps what values point to
}

BOOST_AUTO_TEST_CASE(each_fault_is_named_with_place_and_expectation) {
    BOOST_TEST(finding(R"({})") == "/dataset/images: found nothing, expected a path (folder of the images) [E102-missing-key]");
    BOOST_TEST(finding(R"({"images": 3})") == "/dataset/images: found 3, expected a path (folder of the images) [E103-wrong-type]");
    BOOST_TEST(finding(R"({"images": "i", "seed": "7"})") ==
               "/dataset/seed: found \"7\", expected an integer from 0 to 100 (start of the random numbers) [E103-wrong-type]");
    BOOST_TEST(finding(R"({"images": "i", "seed": 101})") ==
               "/dataset/seed: found 101, expected an integer from 0 to 100 (start of the random numbers) [E104-impossible-value]");
    BOOST_TEST(finding(R"({"images": "i", "seed": 1.5})") ==
               "/dataset/seed: found 1.5, expected an integer from 0 to 100 (start of the random numbers) [E103-wrong-type]");
    BOOST_TEST(finding(R"({"images": "i", "percent": 10})") ==
               "/dataset/percent: found 10, expected a number from 50 to 100 (share that is kept) [E104-impossible-value]");
    BOOST_TEST(finding(R"({"images": "i", "strict": 1})") ==
               "/dataset/strict: found 1, expected true or false (whether to be strict) [E103-wrong-type]");
    BOOST_TEST(finding(R"({"images": "i", "top": [1, 0]})") ==
               "/dataset/top/1: found 0, expected an integer from 1 to 1000 (ranks that count) [E104-impossible-value]");
    BOOST_TEST(finding(R"({"images": "i", "weights": "chanel"})") ==
               "/dataset/weights: found \"chanel\", expected one of channel, tensor (one scale a channel or a tensor); did you mean "
               "'channel'? [E105-unknown-choice]");
    BOOST_TEST(
        finding(R"({"images": "i", "seeed": 1})") ==
        "/dataset/seeed: found a key that dataset 'sample' does not know, expected one of images, list, seed, percent, strict, weights, "
        "top, names; did you mean 'seed'? [E101-unknown-key]");
}

// A slice of the data set takes limit and skip, and the parameters besides.
BOOST_AUTO_TEST_CASE(a_key_is_told_what_the_object_takes_that_holds_it) {
    std::vector<Finding> findings;
    const ParameterPlace place{root(), "/dataset", {{"limt", "/calibration"}, {"sed", "/calibration"}}, {"limit", "skip"}};
    const auto given = boost::json::parse(R"({"images": "/", "limt": 3, "sed": 1, "limits": 3})").as_object();
    check_parameters({&kPlugin, "x.so"}, given, place, findings);
    const std::string parameters = "images, list, seed, percent, strict, weights, top, names";
    const std::string unknown = ": found a key that dataset 'sample' does not know, expected one of ";
    const std::vector<std::string> expected = {
        "/calibration/limt" + unknown + "limit, skip, " + parameters + "; did you mean 'limit'? [E101-unknown-key]",
        "/calibration/sed" + unknown + "limit, skip, " + parameters + "; did you mean 'seed'? [E101-unknown-key]",
        "/dataset/limits" + unknown + parameters + " [E101-unknown-key]"};
    std::vector<std::string> found;
    for (const Finding& finding : findings) found.push_back(finding_text(finding));
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(null_means_absent) {
    BOOST_TEST(check(R"({"images": "i", "list": null, "seed": null})").findings.empty());
    BOOST_TEST(finding(R"({"images": null})") ==
               "/dataset/images: found nothing, expected a path (folder of the images) [E102-missing-key]");
}

BOOST_AUTO_TEST_CASE(files_must_be_there_and_the_nearest_is_offered) {
    BOOST_TEST(finding(R"({"images": "../imags"})") ==
               "/dataset/images: found nothing at " + root() +
                   "/imags, expected a path (folder of the images); did you mean 'images'? [E107-missing-file]");
}

BOOST_AUTO_TEST_CASE(all_faults_are_found_at_once) {
    const Checked checked = check(R"({"imges": "i", "seed": true, "top": "x"})");
    BOOST_TEST(checked.findings.size() == 4U);  // the unknown key, images, seed, top
}

BOOST_AUTO_TEST_SUITE_END()
