// Files: what is read is what was written, and a failed write leaves the old file.
#include "core/base/files.h"
#include "tests/support/folder.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <vector>

namespace octavo {
namespace {

namespace fs = std::filesystem;

using testing::Folder;

std::ptrdiff_t file_count(const Folder& folder) {
    return std::distance(fs::directory_iterator(folder.path), fs::directory_iterator());
}

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(text_reads_back_as_it_was_written) {
    const Folder folder;
    const std::string text("a\0b\n", 4);
    BOOST_REQUIRE(write_atomically(folder / "x", text, Code::data));
    BOOST_TEST(read_text(folder / "x", Code::data).value() == text);
    BOOST_TEST(file_count(folder) == 1);
}

BOOST_AUTO_TEST_CASE(writing_makes_missing_folders) {
    const Folder folder;
    BOOST_REQUIRE(write_atomically(folder / "a/b/c.txt", "x", Code::data));
    BOOST_TEST(read_text(folder / "a/b/c.txt", Code::data).value() == "x");
}

BOOST_AUTO_TEST_CASE(writing_replaces_the_file_but_not_what_is_mapped) {
    const Folder folder;
    BOOST_REQUIRE(write_atomically(folder / "x", "old", Code::data));
    const MappedFile old = map_file(folder / "x", Code::data).value();
    BOOST_REQUIRE(write_atomically(folder / "x", "newer", Code::data));
    BOOST_TEST(old.text() == "old");
    BOOST_TEST(read_text(folder / "x", Code::data).value() == "newer");
}

BOOST_AUTO_TEST_CASE(a_mapping_lives_as_long_as_a_copy_of_its_owner) {
    const Folder folder;
    BOOST_REQUIRE(write_atomically(folder / "x", "bytes", Code::data));
    MappedFile kept;
    {
        const MappedFile mapped = map_file(folder / "x", Code::data).value();
        kept = mapped;
    }
    BOOST_TEST(kept.text() == "bytes");
}

BOOST_AUTO_TEST_CASE(an_empty_file_maps_to_no_bytes) {
    const Folder folder;
    BOOST_REQUIRE(write_atomically(folder / "x", "", Code::data));
    const MappedFile mapped = map_file(folder / "x", Code::data).value();
    BOOST_TEST(mapped.size_bytes == 0U);
    BOOST_TEST((mapped.data != nullptr));
}

BOOST_AUTO_TEST_CASE(errors_name_the_file_and_carry_the_code_asked_for) {
    const Folder folder;
    const auto missing = map_file(folder / "missing", Code::model);
    BOOST_REQUIRE(!missing);
    BOOST_TEST((missing.error().code() == Code::model));
    BOOST_TEST(missing.error().message() == (folder / "missing") + ": cannot open: No such file or directory");
    const auto not_a_file = map_file(folder.path.string(), Code::data);
    BOOST_REQUIRE(!not_a_file);
    BOOST_TEST((not_a_file.error().code() == Code::data));
    BOOST_TEST(not_a_file.error().message() == folder.path.string() + ": is no regular file");
}

BOOST_AUTO_TEST_CASE(a_pipe_is_an_error_and_no_hang) {
    const Folder folder;
    BOOST_REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    BOOST_TEST(!map_file(folder / "pipe", Code::data));
}

BOOST_AUTO_TEST_CASE(a_failed_write_leaves_nothing_behind) {
    const Folder folder;
    fs::create_directories(folder.path / "x" / "in the way");
    BOOST_TEST(!write_atomically(folder / "x", "bytes", Code::data));
    BOOST_TEST(file_count(folder) == 1);
    BOOST_REQUIRE(write_atomically(folder / "file", "bytes", Code::data));
    BOOST_TEST(!write_atomically(folder / "file/below", "bytes", Code::data));
}

BOOST_AUTO_TEST_CASE(files_that_belong_together_are_all_written_or_none) {
    const Folder folder;
    const std::vector<FileContent> files = {{folder / "a", "1"}, {folder / "b", "2"}};
    BOOST_REQUIRE(write_together(files, Code::data));
    BOOST_TEST(*read_text(folder / "b", Code::data) == "2");
    fs::remove(folder.path / "a");
    fs::remove(folder.path / "b");
    fs::create_directories(folder.path / "b" / "in the way");
    BOOST_TEST(!write_together(files, Code::data));
    BOOST_TEST(file_count(folder) == 1);
}

BOOST_AUTO_TEST_CASE(written_files_are_as_readable_as_the_umask_allows) {
    const Folder folder;
    const mode_t old = ::umask(022);
    BOOST_REQUIRE(write_atomically(folder / "x", "bytes", Code::data));
    ::umask(old);
    BOOST_TEST((fs::status(folder.path / "x").permissions() == static_cast<fs::perms>(0644)));
}

// Of the two the writer is told only the code of the second.
BOOST_AUTO_TEST_CASE(a_name_that_no_file_can_have_is_another_failure_than_a_full_disk) {
    const Folder folder;
    const auto code_of = [](const Result<void>& written) {
        BOOST_REQUIRE(!written);
        return static_cast<int>(written.error().code());
    };
    folder.write("file", "");
    fs::create_directory(folder.path / "folder");
    const std::string too_long = folder / std::string(300, 'x');
    for (const std::string& name : {folder / "file/below", folder / "folder", too_long, std::string("/proc/nothing/x")}) {
        BOOST_TEST(code_of(write_atomically(name, "bytes", Code::data)) == 2, name);
        const FileContent files[] = {{name, "bytes"}};
        BOOST_TEST(code_of(write_together(files, Code::data)) == 2, name);
    }
    rlimit room{};
    ::getrlimit(RLIMIT_NOFILE, &room);
    const rlimit none{0, room.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const Result<void> without_room = write_atomically(folder / "x", "bytes", Code::data);
    ::setrlimit(RLIMIT_NOFILE, &room);
    BOOST_TEST(code_of(without_room) == 4);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_named_must_be_there_and_no_folder) {
    const Folder folder;
    BOOST_TEST(bool(check_is_file(folder.write("a", ""), "a list")));
    BOOST_TEST(bool(check_is_file("/dev/null", "a list")));
    for (const auto& [name, found] : {std::pair("absent", "nothing"), {"absent/b", "nothing"}, {"", "a folder"}}) {
        const Result<void> checked = check_is_file(folder / name, "a list");
        BOOST_REQUIRE(!checked);
        BOOST_TEST((checked.error().code() == Code::config));
        BOOST_TEST(checked.error().message() == (folder / name) + ": found " + found + ", expected a list");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
