// Broken plugin libraries of every sort, each with the message it gets: what `octavo plugins doctor` says of a folder of them is compared
// with tests/core/plugins/bad/doctor.txt, word for word.
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <elf.h>
#include <unistd.h>

#include <cstddef>

using namespace octavo::testing;

namespace {

std::string library(const std::string& name) {
    return std::string(OCTAVO_BINARY_DIR) + "/lib/test_plugins/" + name + ".so";
}

// The bytes of the good library, with what stands at `offset` replaced.
std::string altered(std::size_t offset, std::string_view bytes) {
    std::string whole = file_text(library("good"));
    return whole.replace(offset, bytes.size(), bytes);
}

void fill(const Folder& folder) {
    for (const char* name : {"aborts", "bad_default", "crashes", "exits", "good", "hangs", "missing_symbol", "no_entry", "null_descriptor",
                             "short_descriptor", "small_table", "throws", "wild_name", "wrong_version"})
        fs::copy_file(library(name), folder.path / (std::string(name) + ".so"));
    fs::copy_file(library("good"), folder.path / "good_again.so");
    folder.write("cut_short.so", file_text(library("good")).substr(0, 5000));
    folder.write("empty.so", "");
    folder.write("notes.so", "these are words and no machine code, more of them than an ELF header is long");
    folder.write("other_processor.so", altered(offsetof(Elf64_Ehdr, e_machine), std::string_view("\x08\x00", 2)));  // MIPS
    folder.write("readme.txt", "not looked at");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(doctor)

BOOST_AUTO_TEST_CASE(every_broken_library_gets_its_own_message) {
    const Folder folder;
    fill(folder);
    const Outcome outcome = run(folder, "plugins doctor --patience 2 " + folder.path.string());
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err == "octavo: error: 18 of 19 libraries cannot be used as they are\n");
    const std::string expected = file_text(std::string(OCTAVO_SOURCE_DIR) + "/tests/core/plugins/bad/doctor.txt");
    BOOST_TEST(replaced(outcome.out, folder.path.string(), "FOLDER") == expected);
}

BOOST_AUTO_TEST_CASE(a_library_that_may_not_be_read_is_refused) {
    if (geteuid() == 0) {
        BOOST_TEST_MESSAGE("skipped: root may read everything");
        return;
    }
    const Folder folder;
    fs::copy_file(library("good"), folder.path / "secret.so");
    fs::permissions(folder.path / "secret.so", fs::perms::none);
    const Outcome outcome = run(folder, "plugins doctor " + (folder / "secret.so"));
    BOOST_TEST(outcome.out.find("secret.so: refused: cannot be read: ") != std::string::npos, outcome.out);
}

BOOST_AUTO_TEST_CASE(a_run_goes_on_without_the_broken_ones) {
    const Folder folder;
    for (const char* name : {"crashes", "good", "exits"}) fs::copy_file(library(name), folder.path / (std::string(name) + ".so"));
    const Outcome outcome = run(folder, "plugins list --plugin-path " + folder.path.string());
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.out.find("dataset    nothing ") != std::string::npos, outcome.out);
    BOOST_TEST(outcome.err == "octavo: warning: plugin " + (folder / "crashes.so") +
                                  ": crashed while loading (signal 11, Segmentation fault)\noctavo: warning: plugin " +
                                  (folder / "exits.so") + ": ended the process while loading (exit code 3)\n");
}

BOOST_AUTO_TEST_CASE(the_hosts_own_libraries_are_well) {
    const Folder folder;
    const Outcome outcome = run(folder, "plugins doctor " + std::string(OCTAVO_BINARY_DIR) + "/lib/octavo");
    BOOST_TEST(outcome.code == 0, outcome.out + outcome.err);
    BOOST_TEST(outcome.out.find("/lib/octavo/metrics/accuracy.so: ok: metric 'accuracy' ") != std::string::npos, outcome.out);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(describe)

BOOST_AUTO_TEST_CASE(a_plugin_is_described_by_its_own_table) {
    const Folder folder;
    const Outcome outcome = run(folder, "plugins describe metric/accuracy");
    BOOST_TEST(outcome.code == 0, outcome.err);
    BOOST_TEST(replaced(outcome.out, OCTAVO_BINARY_DIR, "BUILD") ==
               "metric 'accuracy' 1.0.0: share of samples whose class is among the largest scores\n"
               "file: BUILD/lib/octavo/metrics/accuracy.so\n"
               "interface: version 1\n"
               "parameters:\n"
               "  top  a list of integers from 1 to 1000000 (numbers of largest scores among which the class must be; the first is the "
               "principal figure); default [1, 5]\n");
    BOOST_TEST(run(folder, "plugins describe accuracy").out == outcome.out);
    BOOST_TEST(run(folder, "plugins describe tensors").out.ends_with("parameters: none\n"));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_gets_the_nearest) {
    const Folder folder;
    const Outcome outcome = run(folder, "plugins describe acuracy");
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err ==
               "octavo: error: plugins describe: found no plugin 'acuracy' (octavo plugins list prints what there is), did you mean "
               "'accuracy'?\n");
}

BOOST_AUTO_TEST_SUITE_END()
