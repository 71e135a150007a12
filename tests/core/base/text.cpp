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

BOOST_AUTO_TEST_CASE(the_first_of_each_kind_speaks_for_it) {
    BOOST_TEST(first_of_each(std::vector<Example>{}) == "");
    BOOST_TEST(first_of_each(std::vector<Example>{{"a", "a 1"}, {"b", "b 1"}, {"a", "a 2"}, {"a", "a 3"}}) == "a 1 (and 2 more), b 1");
}

BOOST_AUTO_TEST_CASE(bytes_of_no_character_are_replaced_one_by_one) {
    const std::string mark = "\xEF\xBF\xBD";
    for (const char* valid : {"", "a", "caf\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        BOOST_TEST(is_utf8(valid));
        BOOST_TEST(as_utf8(valid) == valid);
    }
    BOOST_TEST(as_utf8("caf\xE9") == "caf" + mark);
    BOOST_TEST(as_utf8("\xE2\x82") == mark + mark);             // cut off
    BOOST_TEST(as_utf8("\xC0\xAF") == mark + mark);             // a slash in two bytes
    BOOST_TEST(as_utf8("\xED\xA0\x80") == mark + mark + mark);  // half of a pair of UTF-16
    BOOST_TEST(as_utf8("\xF4\x90\x80\x80") == mark + mark + mark + mark);
    BOOST_TEST(!is_utf8("\xFF"));
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
