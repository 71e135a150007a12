// Systems that ignore case would take a.npy and A.npy for one file; Linux does not.
#include "core/base/file_names.h"

#include "core/base/hash.h"

namespace octavo {
namespace {

constexpr std::size_t kMostBytes = 200;  // 255 are allowed; an extension, a number and a temporary ending follow

std::string allowed(std::string name) {
    for (char& c : name)
        if (c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < ' ') c = '_';
    if (name.size() <= kMostBytes) return name;
    Hasher hasher;
    hasher.update(name);
    std::size_t end = kMostBytes - 33;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // no character of UTF-8 in two
    return name.substr(0, end) + "-" + hasher.hex();
}

}  // namespace

const std::string& FileNames::of(const std::string& name) {
    const auto known = given_.find(name);
    if (known != given_.end()) return known->second;
    const std::string first = allowed(name);
    std::string file = first;
    for (int number = 2; !taken_.insert(file).second; ++number) file = first + "." + std::to_string(number);
    return given_.emplace(name, file).first->second;
}

}  // namespace octavo
