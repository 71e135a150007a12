// A map under a lock: what is held is small beside what it saves.
#include "core/pipeline/picture_cache.h"

namespace octavo {

std::shared_ptr<const Framed> PictureCache::find(std::size_t slice, std::int64_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = pictures_.find({slice, number});
    return found == pictures_.end() ? nullptr : found->second;
}

void PictureCache::add(std::size_t slice, std::int64_t number, std::shared_ptr<const Framed> picture) {
    const std::lock_guard lock(mutex_);
    const std::size_t bytes = picture->image.rgb.size();
    if (bytes > free_bytes_) return;
    if (pictures_.try_emplace({slice, number}, std::move(picture)).second) free_bytes_ -= bytes;
}

}  // namespace octavo
