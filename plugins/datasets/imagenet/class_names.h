// ClassNames: the lines "synset name" of a classes file; the line's number is the index. Finds an index by synset or by name.
#pragma once

#include <octavo/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace octavo {

class ClassNames {
public:
    static Result<ClassNames> read(const std::string& path);

    const std::string& path() const { return path_; }
    bool has(std::string_view word) const;
    // The error says why there is none: unknown, or a name that several classes have.
    Result<std::int64_t> find(std::string_view word) const;

private:
    Result<void> add(std::string_view line, std::int64_t index);

    std::string path_;
    std::unordered_map<std::string, std::int64_t> synsets_;
    std::unordered_map<std::string, std::int64_t> names_;  // -1: of several classes
};

}  // namespace octavo
