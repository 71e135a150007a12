// Samples: paths and classes of all images. Paths stand one behind the other in one string, so that a set of any size is two allocations
// that grow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace octavo {

class Samples {
public:
    static constexpr std::int64_t kNoLabel = -1;

    // Names are relative to `folder`, unless they begin with '/'.
    explicit Samples(std::string folder) : folder_(std::move(folder)) {}

    void add(std::string_view name, std::int64_t label) {
        entries_.push_back({paths_.size(), label, name.front() == '/'});
        if (!entries_.back().absolute) paths_.append(folder_).push_back('/');
        paths_.append(name).push_back('\0');
    }
    std::size_t size() const { return entries_.size(); }
    // Valid once nothing more is added.
    const char* path(std::size_t index) const { return paths_.data() + entries_[index].start; }
    const char* name(std::size_t index) const { return path(index) + (entries_[index].absolute ? 0 : folder_.size() + 1); }
    const std::int64_t& label(std::size_t index) const { return entries_[index].label; }

private:
    struct Entry {
        std::size_t start;
        std::int64_t label;
        bool absolute;
    };

    std::string folder_;
    std::string paths_;
    std::vector<Entry> entries_;
};

}  // namespace octavo
