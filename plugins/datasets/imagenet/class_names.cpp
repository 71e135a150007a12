// Two names occur twice among the classes of ImageNet (crane, maillot), so a name is good as a key only while it is the only one.
#include "class_names.h"

#include <octavo/text_files.h>

#include <cstddef>

namespace octavo {
namespace {

constexpr std::int64_t kSeveral = -1;

}  // namespace

Result<ClassNames> ClassNames::read(const std::string& path) {
    ClassNames names;
    names.path_ = path;
    std::int64_t index = 0;
    OCTAVO_TRY(const std::string text, read_text(path));
    OCTAVO_CHECK_OK(for_each_line(path, text, [&](std::string_view line) { return names.add(line, index++); }));
    return names;
}

Result<void> ClassNames::add(std::string_view line, std::int64_t index) {
    const std::size_t end = line.find_first_of(" \t");
    const std::string synset(line.substr(0, end));
    if (!synsets_.emplace(synset, index).second) {
        return Error(Code::data, "class '" + synset + "' stands in the file twice, expected one line a class");
    }
    if (end == std::string_view::npos) return {};
    const auto [place, is_new] = names_.emplace(std::string(trimmed(line.substr(end))), index);
    if (!is_new) place->second = kSeveral;
    return {};
}

bool ClassNames::has(std::string_view word) const {
    const std::string key(word);
    return synsets_.contains(key) || names_.contains(key);
}

Result<std::int64_t> ClassNames::find(std::string_view word) const {
    const std::string key(word);
    if (const auto synset = synsets_.find(key); synset != synsets_.end()) return synset->second;
    const auto name = names_.find(key);
    if (name == names_.end()) return Error(Code::data, "class '" + key + "' does not stand in " + path_);
    if (name->second == kSeveral) {
        return Error(Code::data, "class name '" + key + "' belongs to several lines of " + path_ + ", use the first word of one of them");
    }
    return name->second;
}

}  // namespace octavo
