// imagenet: lists and class folders, written to a temporary folder by the tests.
#include "tests/support/folder.h"
#include "tests/support/plugin.h"

#include <octavo/abi/blob.h>
#include <octavo/abi/dataset.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using octavo::testing::LoadedPlugin;
using octavo::testing::Settings;

namespace {

constexpr std::int64_t kNoLabel = -1;

using DatasetPlugin = LoadedPlugin<octavo_dataset_functions>;

struct Sample {
    std::string id, path;
    std::int64_t label;

    bool operator==(const Sample&) const = default;
};

// A folder of its own for each test, gone afterwards.
struct Folder : octavo::testing::Folder {
    Folder() { fs::create_directory(images()); }

    Settings with(Settings settings) const {
        settings.emplace_back("images", "\"" + images() + "\"");
        return settings;
    }
    std::string images() const { return *this / "images"; }
};

std::string as_json(const std::string& text) {
    return "\"" + text + "\"";
}

std::vector<Sample> samples(const Settings& settings) {
    DatasetPlugin dataset("datasets", "imagenet", settings);
    std::vector<Sample> all;
    for (std::int64_t i = 0; i < dataset.functions().count(dataset.self()); ++i) {
        octavo_sample sample{};
        sample.size = sizeof sample;
        BOOST_REQUIRE_EQUAL(dataset.functions().sample(dataset.self(), i, &sample, &dataset.error), 0);
        std::int64_t label = kNoLabel;
        if (std::string(sample.annotation.type) != OCTAVO_BLOB_NONE) {
            BOOST_TEST(std::string(sample.annotation.type) == OCTAVO_BLOB_CLASS);
            BOOST_REQUIRE_EQUAL(sample.annotation.size_bytes, sizeof(std::int64_t));
            std::memcpy(&label, sample.annotation.data, sizeof(label));
        }
        all.push_back({sample.id, sample.path, label});
    }
    return all;
}

std::string refusal(const Settings& settings) {
    DatasetPlugin dataset("datasets", "imagenet", settings);
    BOOST_REQUIRE(!dataset.was_created());
    BOOST_TEST(dataset.error.code == 4);
    return dataset.error.text;
}

constexpr const char* kClasses = "n01 tench\nn02 great white shark\nn03 crane\nn04 crane\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(imagenet)

BOOST_FIXTURE_TEST_CASE(a_list_names_images_and_indices, Folder) {
    const std::string list = write("list.txt", "a.jpg 3\nsub/b c.JPEG\t12\n\n# comment\n  d.png   0  \n/elsewhere/e.png 1");
    const std::vector<Sample> expected = {{"a.jpg", images() + "/a.jpg", 3},
                                          {"sub/b c.JPEG", images() + "/sub/b c.JPEG", 12},
                                          {"d.png", images() + "/d.png", 0},
                                          {"/elsewhere/e.png", "/elsewhere/e.png", 1}};
    BOOST_TEST((samples(with({{"list", as_json(list)}})) == expected));
}

BOOST_FIXTURE_TEST_CASE(crlf_and_a_byte_order_mark_are_tolerated, Folder) {
    const std::string list = write("list.txt",
                                   "\xEF\xBB\xBF"
                                   "a.jpg 3\r\n\r\nb.jpg 4\r\n");
    const std::vector<Sample> expected = {{"a.jpg", images() + "/a.jpg", 3}, {"b.jpg", images() + "/b.jpg", 4}};
    BOOST_TEST((samples(with({{"list", as_json(list)}})) == expected));
}

BOOST_FIXTURE_TEST_CASE(classes_are_looked_up_by_synset_or_name, Folder) {
    const std::string list = write("list.txt", "a.jpg n02\nb.jpg tench\nc.jpg 7\n");
    const std::vector<Sample> expected = {
        {"a.jpg", images() + "/a.jpg", 1}, {"b.jpg", images() + "/b.jpg", 0}, {"c.jpg", images() + "/c.jpg", 7}};
    const std::string classes = write("names.txt", kClasses);
    BOOST_TEST((samples(with({{"list", as_json(list)}, {"classes", as_json(classes)}})) == expected));
    write("images/classes.txt", kClasses);
    BOOST_TEST((samples(with({{"list", as_json(list)}})) == expected));
}

// A file that counts its classes from 1 does not make them other ones.
BOOST_FIXTURE_TEST_CASE(a_number_that_is_the_name_of_a_class_is_that_class, Folder) {
    const std::string list = write("list.txt", "a.jpg 1\nb.jpg 2\nc.jpg 0\n"), classes = write("names.txt", "# names\n1 cat\n\n2 dog\n");
    const std::vector<Sample> expected = {
        {"a.jpg", images() + "/a.jpg", 0}, {"b.jpg", images() + "/b.jpg", 1}, {"c.jpg", images() + "/c.jpg", 0}};
    BOOST_TEST((samples(with({{"list", as_json(list)}, {"classes", as_json(classes)}})) == expected));
}

BOOST_FIXTURE_TEST_CASE(class_folders_are_numbered_in_sorted_order, Folder) {
    write("images/b/2.jpg", "");
    write("images/b/1.JPEG", "");
    write("images/b/notes.txt", "");
    write("images/a/x.Png", "");
    write("images/c/.hidden.jpg", "");
    write("images/.git/y.jpg", "");
    const std::vector<Sample> expected = {
        {"a/x.Png", images() + "/a/x.Png", 0}, {"b/1.JPEG", images() + "/b/1.JPEG", 1}, {"b/2.jpg", images() + "/b/2.jpg", 1}};
    BOOST_TEST((samples(with({})) == expected));
}

BOOST_FIXTURE_TEST_CASE(class_folders_take_turns, Folder) {
    for (const char* name : {"a/1.jpg", "a/2.jpg", "a/3.jpg", "b/1.jpg", "c/1.jpg", "c/2.jpg"}) write(std::string("images/") + name, "");
    std::vector<std::string> ids;
    for (const Sample& sample : samples(with({}))) ids.push_back(sample.id);
    const std::vector<std::string> expected = {"a/1.jpg", "b/1.jpg", "c/1.jpg", "a/2.jpg", "c/2.jpg", "a/3.jpg"};
    BOOST_TEST(ids == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_list_of_names_alone_has_no_labels, Folder) {
    const std::string list = write("list.txt", "a.jpg\nsub/my photo.PNG\nILSVRC2012_val_00000001\n");
    const std::vector<Sample> expected = {{"a.jpg", images() + "/a.jpg", kNoLabel},
                                          {"sub/my photo.PNG", images() + "/sub/my photo.PNG", kNoLabel},
                                          {"ILSVRC2012_val_00000001", images() + "/ILSVRC2012_val_00000001", kNoLabel}};
    BOOST_TEST((samples(with({{"list", as_json(list)}})) == expected));
    write("list.txt", "my photo.jpg\n");
    BOOST_TEST((samples(with({{"list", as_json(list)}})) == std::vector<Sample>{{"my photo.jpg", images() + "/my photo.jpg", kNoLabel}}));
}

BOOST_FIXTURE_TEST_CASE(class_folders_are_looked_up_where_there_is_a_classes_file, Folder) {
    write("images/n03/x.jpg", "");
    write("images/n01/y.jpg", "");
    const std::string classes = write("names.txt", kClasses);
    const std::vector<Sample> expected = {{"n01/y.jpg", images() + "/n01/y.jpg", 0}, {"n03/x.jpg", images() + "/n03/x.jpg", 2}};
    BOOST_TEST((samples(with({{"classes", as_json(classes)}})) == expected));
    write("images/n77/z.jpg", "");
    BOOST_TEST(refusal(with({{"classes", as_json(classes)}})) == images() + "/n77: class 'n77' does not stand in " + classes);
}

BOOST_FIXTURE_TEST_CASE(errors_name_file_and_line, Folder) {
    const auto list_error = [&](const std::string& text) {
        const std::string list = write("list.txt", text);
        const std::string message = refusal(with({{"list", as_json(list)}}));
        BOOST_REQUIRE_MESSAGE(message.starts_with(list), message);
        return message.substr(list.size());
    };
    BOOST_TEST(list_error("a.jpg 1\n\nb.jpg\n") == ":3: found 'b.jpg', expected a file name, white space, and a class");
    BOOST_TEST(list_error("a.jpg\nb.jpg 1\n") == ":2: found 'b.jpg 1', expected a file name alone, as the first line has no class");
    BOOST_TEST(list_error("a.jpg -1\n") ==
               ":1: class '-1' is no index (0, 1, ...) and there is no classes file to look it up in; set \"classes\"");
    BOOST_TEST(list_error("a.jpg 99999999999999999999\n").starts_with(":1: class '99999999999999999999' is no index"));
    BOOST_TEST(list_error(std::string("a\0b.jpg 1\n", 10)) == ":1: the line holds a zero byte, expected text");
    BOOST_TEST(list_error("# nothing\n\n") == ": names no image, expected lines \"name class\"");
    BOOST_TEST(list_error("") == ": names no image, expected lines \"name class\"");
    const std::string classes = write("images/classes.txt", kClasses);
    BOOST_TEST(list_error("a.jpg n01\nb.jpg whale\n") == ":2: class 'whale' does not stand in " + classes);
    BOOST_TEST(list_error("a.jpg crane\n") ==
               ":1: class name 'crane' belongs to several lines of " + classes + ", use the first word of one of them");
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_named_at_once, Folder) {
    BOOST_TEST(refusal({{"images", as_json(path.string() + "/nowhere")}}) == path.string() + "/nowhere: no such folder");
    BOOST_TEST(refusal(with({{"list", as_json(path.string() + "/none.txt")}})) == path.string() + "/none.txt: no such file");
    BOOST_TEST(refusal(with({{"list", as_json(path.string())}})) == path.string() + ": not a regular file");
    BOOST_TEST(refusal(with({{"classes", as_json(path.string() + "/none.txt")}})) == path.string() + "/none.txt: no such file");
    write("images/a.jpg", "");
    BOOST_TEST(refusal(with({})) ==
               images() + ": no image (.jpg, .jpeg, .png) stands in folders named after classes, and no \"list\" is given");
    const std::string classes = write("twice.txt", "n01 tench\nn01 goldfish\n");
    BOOST_TEST(refusal(with({{"classes", as_json(classes)}})) ==
               classes + ":2: class 'n01' stands in the file twice, expected one line a class");
}

BOOST_FIXTURE_TEST_CASE(a_sample_behind_the_last_is_refused, Folder) {
    const std::string list = write("list.txt", "a.jpg 3\n");
    DatasetPlugin dataset("datasets", "imagenet", with({{"list", as_json(list)}}));
    octavo_sample sample{};
    sample.size = sizeof sample;
    BOOST_TEST(dataset.functions().sample(dataset.self(), 1, &sample, &dataset.error) == 1);
    BOOST_TEST(dataset.functions().sample(dataset.self(), -1, &sample, &dataset.error) == 1);
}

BOOST_FIXTURE_TEST_CASE(fifty_thousand_lines_are_read, Folder) {
    std::string text;
    for (int i = 0; i < 50000; ++i) text += "ILSVRC2012_val_" + std::to_string(i) + ".JPEG " + std::to_string(i % 1000) + "\n";
    const std::vector<Sample> all = samples(with({{"list", as_json(write("list.txt", text))}}));
    BOOST_REQUIRE_EQUAL(all.size(), 50000U);
    BOOST_TEST(all[49999].id == "ILSVRC2012_val_49999.JPEG");
    BOOST_TEST(all[49999].path == images() + "/ILSVRC2012_val_49999.JPEG");
    BOOST_TEST(all[49999].label == 999);
}

BOOST_AUTO_TEST_SUITE_END()
