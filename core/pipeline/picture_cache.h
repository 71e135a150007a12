// Picture cache: pictures as the network sees them, in 8-bit pixels, so that a later pass over the same samples decodes none of them. Holds
// the first ones that come, as many as fit into a fixed amount of memory. Several threads may use one.
#pragma once

#include "core/image/preprocess.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace octavo {

class PictureCache {
public:
    explicit PictureCache(std::size_t most_bytes) : free_bytes_(most_bytes) {}

    // Of a validation slice and the number of a sample in its data set; nothing where it is not held.
    std::shared_ptr<const Framed> find(std::size_t slice, std::int64_t number) const;
    void add(std::size_t slice, std::int64_t number, std::shared_ptr<const Framed> picture);

private:
    mutable std::mutex mutex_;
    std::size_t free_bytes_;
    std::map<std::pair<std::size_t, std::int64_t>, std::shared_ptr<const Framed>> pictures_;
};

}  // namespace octavo
