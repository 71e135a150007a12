#include "core/pipeline/search_images.h"

#include "core/pipeline/stage_samples.h"

#include <algorithm>

namespace octavo {

bool SearchImages::contains(std::size_t slice, std::int64_t number) const {
    return std::binary_search(numbers[slice].begin(), numbers[slice].end(), number);
}

Result<SearchImages> choose_search_images(const Config& config) {
    std::vector<SliceRange> ranges;
    std::int64_t all = 0;
    for (const Slice& slice : config.validation) {
        OCTAVO_TRY(const DatasetHandle dataset, DatasetHandle::create(*config.dataset, slice.dataset));
        OCTAVO_TRY(const SliceRange range, range_of(slice, dataset.count()));
        ranges.push_back(range);
        all += range.count;
    }
    SearchImages chosen;
    chosen.images = config.target ? std::min(all, config.target->search_images) : all;
    chosen.held_back = all - chosen.images;
    std::int64_t seen = 0;
    for (const SliceRange& range : ranges) {
        std::vector<std::int64_t>& numbers = chosen.numbers.emplace_back();
        for (std::int64_t i = 0; i < range.count; ++i, ++seen)
            if ((seen + 1) * chosen.images / all > seen * chosen.images / all) numbers.push_back(range.first + i);
    }
    return chosen;
}

}  // namespace octavo
