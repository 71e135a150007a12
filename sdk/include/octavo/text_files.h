// Text files for data sets, among them those with one entry a line: LF or CRLF, a byte order mark at the front, blank lines and lines that
// begin with '#' are skipped. Only regular files are read: a pipe or a device has no size that could be checked first.
#pragma once

#include <octavo/result.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace octavo {

inline std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

// The whole of a regular file. Error: Code::data.
inline Result<std::string> read_text(const std::string& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) return Error(Code::data, path + ": no such file");
    if (!std::filesystem::is_regular_file(status)) return Error(Code::data, path + ": not a regular file");
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) return Error(Code::data, path + ": cannot be opened for reading");
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(size))) return Error(Code::data, path + ": cannot be read to its end");
    return text;
}

// Calls visit(line) with each trimmed entry; an error of its own gets file and line number in front.
template <class Visit>
Result<void> for_each_line(const std::string& path, std::string_view text, Visit visit) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#') continue;
        if (Result<void> status = visit(line); !status) return status.error().within(path + ":" + std::to_string(number));
    }
    return {};
}

}  // namespace octavo
