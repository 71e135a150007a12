// images: which files of a folder it takes, and in which order.
#include "tests/support/folder.h"
#include "tests/support/plugin.h"

#include <octavo/abi/blob.h>
#include <octavo/abi/dataset.h>

#include <boost/test/unit_test.hpp>

using octavo::testing::Folder;
using octavo::testing::LoadedPlugin;
using octavo::testing::Settings;

namespace {

using DatasetPlugin = LoadedPlugin<octavo_dataset_functions>;

std::vector<std::string> names(const Folder& folder, Settings settings = {}) {
    settings.emplace_back("images", "\"" + folder.path.string() + "\"");
    DatasetPlugin dataset("datasets", "images", settings);
    if (!dataset.was_created()) return {"error " + std::to_string(dataset.error.code), dataset.error.text};
    std::vector<std::string> all;
    for (std::int64_t i = 0; i < dataset.functions().count(dataset.self()); ++i) {
        octavo_sample sample{};
        sample.size = sizeof sample;
        BOOST_REQUIRE_EQUAL(dataset.functions().sample(dataset.self(), i, &sample, &dataset.error), 0);
        BOOST_TEST(std::string(sample.annotation.type) == OCTAVO_BLOB_NONE);
        BOOST_TEST(std::string(sample.path) == folder / sample.id);
        all.emplace_back(sample.id);
    }
    return all;
}

const auto each = boost::test_tools::per_element();

}  // namespace

BOOST_AUTO_TEST_SUITE(images)

BOOST_AUTO_TEST_CASE(every_image_is_taken_in_sorted_order) {
    const Folder folder;
    for (const char* name : {"z.jpg", "b/2.PNG", "b/10.jpeg", "b/deep/x.JPG", "a.png", "notes.txt", "jpg", ".hidden.jpg", ".git/y.jpg"})
        folder.write(name, "");
    const std::vector<std::string> expected = {"a.png", "b/10.jpeg", "b/2.PNG", "b/deep/x.JPG", "z.jpg"};
    BOOST_TEST(names(folder) == expected, each);
    const std::vector<std::string> flat = {"a.png", "z.jpg"};
    BOOST_TEST(names(folder, {{"recursive", "false"}}) == flat, each);
}

BOOST_AUTO_TEST_CASE(links_to_files_are_images_and_links_to_folders_are_not_followed) {
    const Folder folder;
    folder.write("inside/a.jpg", "");
    std::filesystem::create_directory_symlink(folder.path, folder.path / "inside/loop");
    std::filesystem::create_symlink("nowhere", folder.path / "b.jpg");
    const std::vector<std::string> expected = {"b.jpg", "inside/a.jpg"};
    BOOST_TEST(names(folder) == expected, each);
}

BOOST_AUTO_TEST_CASE(a_folder_without_images_is_refused) {
    const Folder folder;
    folder.write("deep/notes.txt", "");
    const std::vector<std::string> expected = {"error 4", folder.path.string() + ": holds no image (.jpg, .jpeg, .png)"};
    BOOST_TEST(names(folder) == expected, each);
    const Settings elsewhere = {{"images", "\"" + (folder / "none") + "\""}};
    BOOST_TEST(std::string(DatasetPlugin("datasets", "images", elsewhere).error.text) == (folder / "none") + ": no such folder");
}

BOOST_AUTO_TEST_SUITE_END()
