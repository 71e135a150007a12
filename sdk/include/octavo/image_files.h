// Image files in a folder, for data sets: told by their extension, and listed in an order that does not depend on the file system. Listing
// opens no file and asks for no size, so that a hundred thousand of them cost one walk through the folders.
#pragma once

#include <octavo/result.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

// .jpg, .jpeg or .png in any case.
inline bool is_image_name(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    std::string extension(name.substr(dot));
    for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

// Names relative to `folder`, sorted by their bytes. What is hidden is left out, and links to folders are not followed. Error: Code::data.
inline Result<std::vector<std::string>> list_images(const std::string& folder, bool recursive) {
    namespace fs = std::filesystem;
    std::vector<std::string> names;
    std::error_code error, ignored;
    fs::recursive_directory_iterator entry(folder, error);
    for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const bool is_hidden = name.front() == '.', is_folder = entry->is_directory(ignored);
        if (is_hidden || !recursive) entry.disable_recursion_pending();
        if (!is_hidden && !is_folder && is_image_name(name)) names.push_back(entry->path().lexically_relative(folder).string());
    }
    if (error) return Error(Code::data, folder + ": cannot be listed: " + error.message());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace octavo
