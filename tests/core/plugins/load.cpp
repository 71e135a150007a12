// Loading: what fits is taken, what does not is refused by name with a reason, and the host goes on.
#include "core/plugins/find.h"
#include "core/plugins/registry.h"
#include "tests/support/folder.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace octavo;
namespace fs = std::filesystem;

namespace {

std::string library(const std::string& name) {
    return std::string(OCTAVO_BINARY_DIR) + "/lib/test_plugins/" + name + ".so";
}

using testing::Folder;

std::string reason(const std::string& file) {
    const Registry registry = load_plugins(std::vector<std::string>{file});
    BOOST_REQUIRE_EQUAL(registry.refused.size(), 1U);
    BOOST_TEST(registry.plugins.empty());
    BOOST_TEST(registry.refused[0].file == file);
    return registry.refused[0].reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loading)

BOOST_AUTO_TEST_CASE(a_plugin_that_fits_is_loaded) {
    const Registry registry = load_plugins(std::vector<std::string>{library("good")});
    BOOST_TEST(registry.refused.empty());
    const LoadedPlugin* plugin = registry.find(OCTAVO_DATASET, "nothing");
    BOOST_REQUIRE(plugin);
    BOOST_TEST(plugin->title() == "dataset 'nothing'");
    BOOST_TEST(plugin->file == library("good"));
    BOOST_TEST(!registry.find(OCTAVO_METRIC, "nothing"));
}

BOOST_AUTO_TEST_CASE(files_that_are_no_libraries_are_refused) {
    const Folder folder;
    const std::string no_elf = "is no shared library: its first bytes are not those of an ELF file";
    BOOST_TEST(reason(folder.write("words.so", "these are words and no machine code, more of them than an ELF header is long")) == no_elf);
    BOOST_TEST(reason(folder.write("empty.so", "")) == no_elf);
    std::string object(64, '\0');
    object.replace(0, 7,
                   "\x7f"
                   "ELF\x02\x01\x01");
    object[16] = 1;  // relocatable
    object[18] = 62;
    BOOST_TEST(reason(folder.write("object.so", object)) == "is an ELF file but no shared library");
    object[18] = 8;  // MIPS
    BOOST_TEST(reason(folder.write("mips.so", object)) == "was built for another processor (ELF machine 8)");
}

BOOST_AUTO_TEST_CASE(a_library_that_was_cut_short_anywhere_is_refused) {
    const Folder folder;
    std::ostringstream whole;
    whole << std::ifstream(library("good"), std::ios::binary).rdbuf();
    for (std::size_t size = 1; size < 19000; size += 997) {
        BOOST_REQUIRE_LT(size, whole.str().size());
        const std::string why = reason(folder.write("half.so", whole.str().substr(0, size)));
        BOOST_TEST((size < 64 || why.starts_with("is cut short: it has " + std::to_string(size) + " bytes")), why);
    }
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_refused) {
    BOOST_TEST(reason(library("absent")) == "there is no such file");
}

BOOST_AUTO_TEST_CASE(a_library_without_entry_is_refused) {
    BOOST_TEST(reason(library("no_entry")) == "is no Octavo plugin: it does not export octavo_plugin_entry");
}

BOOST_AUTO_TEST_CASE(another_version_of_the_interface_is_refused) {
    BOOST_TEST(reason(library("wrong_version")) ==
               "was built for version 999 of the plugin interface, this host has version 1; build it again");
}

BOOST_AUTO_TEST_CASE(an_entry_that_throws_is_refused) {
    BOOST_TEST(reason(library("throws")) == "cannot be loaded: no licence found");
}

BOOST_AUTO_TEST_CASE(a_library_that_ends_or_stops_the_process_is_refused) {
    BOOST_TEST(reason(library("crashes")) == "crashed while loading (signal 11, Segmentation fault)");
    BOOST_TEST(reason(library("exits")) == "ended the process while loading (exit code 3)");
    using std::chrono::milliseconds;
    const Registry registry = load_plugins(std::vector<std::string>{library("hangs"), library("good")}, milliseconds(1500));
    BOOST_REQUIRE_EQUAL(registry.refused.size(), 1U);
    BOOST_TEST(registry.refused[0].reason == "did not finish loading within 1.5 s");
    BOOST_TEST(registry.find(OCTAVO_DATASET, "nothing"));
}

BOOST_AUTO_TEST_CASE(refusals_do_not_keep_others_out) {
    const Registry registry =
        load_plugins(std::vector<std::string>{library("throws"), library("wrong_version"), library("good"), library("no_entry")});
    BOOST_TEST(registry.refused.size() == 3U);
    BOOST_TEST(registry.names(OCTAVO_DATASET) == std::vector<std::string>{"nothing"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_same_plugin_from_another_file_is_refused) {
    const Folder folder;
    const std::string copy = (folder.path / "copy.so").string();
    fs::copy_file(library("good"), copy);
    const Registry registry = load_plugins(std::vector<std::string>{library("good"), copy});
    BOOST_REQUIRE_EQUAL(registry.refused.size(), 1U);
    BOOST_TEST(registry.refused[0].reason == "dataset 'nothing' is already there, from " + library("good"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(searching)

BOOST_AUTO_TEST_CASE(the_hosts_own_come_first_then_the_command_line_then_the_environment) {
    const Folder folder;
    const std::string own = folder.write("lib/octavo/metrics/own.so", "");
    const std::string second = folder.write("given/b.so", "");
    const std::string first = folder.write("given/a.so", "");
    const std::string by_kind = folder.write("given/devices/d.so", "");
    const std::string from_environment = folder.write("env/e.so", "");
    folder.write("given/notes.txt", "");
    const PluginSearch search{
        (folder.path / "bin").string(), {(folder.path / "given").string()}, ":" + (folder.path / "env").string() + ":"};
    const std::vector<std::string> expected = {own, first, second, by_kind, from_environment};
    BOOST_TEST(find_plugin_libraries(search) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_named_file_is_taken_as_it_is) {
    const PluginSearch search{"", {"/nowhere/x.so"}, ""};
    BOOST_TEST(find_plugin_libraries(search) == std::vector<std::string>{"/nowhere/x.so"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(folders_that_are_not_there_hold_nothing) {
    BOOST_TEST(find_plugin_libraries({"/nowhere/bin", {}, "/nowhere/else"}) == std::vector<std::string>{"/nowhere/else"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
