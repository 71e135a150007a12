// Text helpers.
#include "core/base/text.h"

#include <boost/test/unit_test.hpp>

namespace octavo {
namespace {

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(split_keeps_empty_pieces_and_join_undoes_it) {
    const std::vector<std::string> pieces = split("a,,b", ',');
    BOOST_TEST(pieces == (std::vector<std::string>{"a", "", "b"}), boost::test_tools::per_element());
    BOOST_TEST(join(pieces, ",") == "a,,b");
    BOOST_TEST(split("", ',').size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_is_singular_and_all_others_plural) {
    BOOST_TEST(counted(0, "image") == "0 images");
    BOOST_TEST(counted(1, "image") == "1 image");
    BOOST_TEST(counted(2, "search image") == "2 search images");
    BOOST_TEST(counted(1, "class", "classes") == "1 class");
    BOOST_TEST(counted(2, "class", "classes") == "2 classes");
}

BOOST_AUTO_TEST_CASE(suffixes_are_compared_without_case) {
    BOOST_TEST(ends_with_ignoring_case("model.ONNX", ".onnx"));
    BOOST_TEST(!ends_with_ignoring_case("nnx", ".onnx"));
}

BOOST_AUTO_TEST_CASE(edit_distance_counts_single_edits) {
    struct Case {
        const char *a, *b;
        std::size_t distance;
    };
    for (const Case& one : {Case{"", "", 0}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"ab", "ba", 2}, {"a", "A", 1}})
        BOOST_TEST(edit_distance(one.a, one.b) == one.distance, one.a << " and " << one.b);
}

BOOST_AUTO_TEST_CASE(nearest_offers_only_what_is_near) {
    const std::vector<std::string> known = {"entropy", "minmax", "percentile", "mse"};
    BOOST_TEST(nearest("min_max", known) == "minmax");
    BOOST_TEST(nearest("percentil", known) == "percentile");
    BOOST_TEST(nearest("histogram", known).empty());
    BOOST_TEST(nearest("xx", known).empty());
    BOOST_TEST(did_you_mean("mxe", known) == ", did you mean 'mse'?");
    BOOST_TEST(did_you_mean("histogram", known).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
