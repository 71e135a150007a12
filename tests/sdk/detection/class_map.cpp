// ClassMap: which columns count, by the names of both sides, and what is refused.
#include <octavo/class_lists.h>
#include <octavo/class_map.h>

#include <boost/test/unit_test.hpp>

#include <cstddef>

using namespace octavo;

namespace {

using Indices = std::vector<std::int32_t>;
using Labels = std::vector<std::string>;

Indices copy(std::span<const std::int32_t> indices) {
    return {indices.begin(), indices.end()};
}

// Columns and classes; the message where they are refused.
struct Chosen {
    Indices columns, classes;
    std::string message;
};

Chosen choose(const Labels& labels, std::int64_t background, const std::vector<const char*>& names, std::int64_t found) {
    ClassMap map(labels, background);
    Result<void> status;
    if (!names.empty()) status = map.set_classes(names);
    if (status) status = map.choose("output 'scores'", found);
    if (!status) {
        BOOST_TEST((status.error().code() == Code::config));
        return {{}, {}, status.error().message()};
    }
    return {copy(map.columns()), copy(map.classes()), ""};
}

const std::vector<const char*> kVoc(kVocClasses.begin(), kVocClasses.end());

}  // namespace

BOOST_AUTO_TEST_SUITE(class_map)

BOOST_AUTO_TEST_CASE(without_names_all_columns_but_the_background_count) {
    BOOST_TEST((choose({}, -1, {}, 3).columns == Indices{0, 1, 2}));
    const Chosen chosen = choose({}, 1, {}, 4);
    BOOST_TEST((chosen.columns == Indices{0, 2, 3}));
    BOOST_TEST((chosen.classes == Indices{0, 1, 2}));
}

BOOST_AUTO_TEST_CASE(without_labels_the_columns_are_the_data_sets_classes) {
    const Chosen chosen = choose({}, 0, {"cat", "dog"}, 3);
    BOOST_TEST((chosen.columns == Indices{1, 2}));
    BOOST_TEST((chosen.classes == Indices{0, 1}));
}

BOOST_AUTO_TEST_CASE(columns_of_other_classes_are_left_out) {
    const Chosen chosen = choose({"dog", "whale", "", "cat"}, -1, {"cat", "cow", "dog"}, 4);
    BOOST_TEST((chosen.columns == Indices{0, 3}));
    BOOST_TEST((chosen.classes == Indices{2, 0}));
}

// The columns that models/real/reference.json gives for the classes of VOC.
BOOST_AUTO_TEST_CASE(known_lists_find_the_classes_of_voc) {
    const auto columns_by_class = [](const Chosen& chosen) {
        Indices columns(kVocClasses.size(), -1);
        for (std::size_t i = 0; i < chosen.columns.size(); ++i) columns[static_cast<std::size_t>(chosen.classes[i])] = chosen.columns[i];
        return columns;
    };
    const Indices coco = {4, 1, 14, 8, 39, 5, 2, 15, 56, 19, 60, 16, 17, 3, 0, 58, 18, 57, 6, 62};
    const Indices coco91 = {5, 2, 16, 9, 44, 6, 3, 17, 62, 21, 67, 18, 19, 4, 1, 64, 20, 63, 7, 72};
    BOOST_TEST(columns_by_class(choose({"coco"}, -1, kVoc, 80)) == coco, boost::test_tools::per_element());
    BOOST_TEST(columns_by_class(choose({"coco91"}, 0, kVoc, 91)) == coco91, boost::test_tools::per_element());
    BOOST_TEST(choose({"voc"}, -1, kVoc, 20).columns.size() == 20U);
}

BOOST_AUTO_TEST_CASE(a_name_means_itself_before_it_means_another_word_for_it) {
    BOOST_TEST(choose({"sofa", "couch"}, -1, {"couch", "sofa"}, 2).classes == (Indices{1, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_number_of_columns_that_does_not_fit_is_refused) {
    BOOST_TEST(choose({"coco"}, -1, kVoc, 85).message ==
               "output 'scores': found 85 columns of scores, expected 80 (80 \"labels\"); name the model's columns with \"labels\"");
    BOOST_TEST(choose({"coco91"}, -1, kVoc, 91).message ==
               "output 'scores': found 91 columns of scores, expected 90 (90 \"labels\"); is one of them the \"background\"");
    BOOST_TEST(
        choose({}, 0, kVoc, 20).message ==
        "output 'scores': found 20 columns of scores, expected 21 (20 classes of the data set and the background); without a background "
        "set \"background\" to -1");
    BOOST_TEST(choose({}, 3, {}, 3).message == "output 'scores': found 3 columns of scores, expected more than \"background\" 3");
}

BOOST_AUTO_TEST_CASE(names_that_do_not_meet_are_refused) {
    BOOST_TEST(
        choose({"a", "b"}, -1, {"c", "d", "e", "f"}, 2).message ==
        "found the \"labels\" 'a', 'b', expected some of the data set's classes 'c', 'd', 'e', ... (4); name the model's columns as the "
        "data set does");
    BOOST_TEST(
        choose({"voc"}, -1, {}, 20).message ==
        "found \"labels\" 'aeroplane', 'bicycle', 'bird', ... (20), expected none, since the data set has no names of classes; leave "
        "them out, or name the classes");
}

BOOST_AUTO_TEST_SUITE_END()
