// Files: mapped read-only, read whole, or written so that a reader sees the old content or the new and nothing between. Each function is
// told the Code of its errors, since a missing image is another failure than a missing model. A name under which no file can be made is
// a mistake of whoever gave it (Code::config), whatever was to be written.
#pragma once

#include <octavo/result.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace octavo {

// A file's bytes, readable as long as a copy of `owner` lives. An empty file has a valid pointer and size 0.
struct MappedFile {
    std::shared_ptr<const void> owner;
    const std::byte* data = nullptr;
    std::size_t size_bytes = 0;

    std::span<const std::byte> bytes() const { return {data, size_bytes}; }
    std::string_view text() const { return {reinterpret_cast<const char*>(data), size_bytes}; }
};

// Of a file that a command line or a config names. Error, Code::config, where nothing is there, or a folder: "found nothing, expected ...".
Result<void> check_is_file(const std::string& path, const std::string& expected);

Result<MappedFile> map_file(const std::string& path, Code code);
Result<std::string> read_text(const std::string& path, Code code);

// Writes to a temporary name in the same folder and renames. Missing parent folders are made.
Result<void> write_atomically(const std::string& path, std::span<const std::byte> bytes, Code code);
Result<void> write_atomically(const std::string& path, std::string_view text, Code code);

// Several files that belong together: all are written under temporary names before the first is renamed.
struct FileContent {
    std::string path;
    std::string bytes;
};
Result<void> write_together(std::span<const FileContent> files, Code code);

}  // namespace octavo
