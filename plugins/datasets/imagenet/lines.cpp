// Only regular files are read: a pipe or a device has no size that could be checked first.
#include "lines.h"

#include <filesystem>
#include <fstream>

namespace octavo {

Result<std::string> read_text(const std::string& path) {
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

}  // namespace octavo
