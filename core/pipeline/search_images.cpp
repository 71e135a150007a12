// The slices are opened in their order, and counted as one list.
#include "core/pipeline/search_images.h"

#include "core/pipeline/stage_samples.h"

#include <octavo/abi/blob.h>

#include <algorithm>
#include <cstring>

namespace octavo {
namespace {

// A metric on samples without annotation is found here and not after the calibration.
Result<void> check_annotated(const Config& config, const Slice& slice, const DatasetHandle& dataset, std::int64_t first) {
    if (!config.metric) return {};
    const Result<octavo_sample> sample = dataset.sample(first);
    if (!sample || !sample->annotation.type || std::strcmp(sample->annotation.type, OCTAVO_BLOB_NONE) != 0) return {};
    return Error(Code::config, config.file + ": " + slice.title + ": the samples have no labels, so metric '" +
                                   std::string(config.metric->plugin->name()) +
                                   "' cannot be measured; expected a list or class folders with labels, or no \"metric\" (int8 is "
                                   "compared with fp32 then)");
}

}  // namespace

bool SearchImages::contains(std::size_t slice, std::int64_t number) const {
    return std::binary_search(numbers[slice].begin(), numbers[slice].end(), number);
}

Result<SearchImages> choose_search_images(const Config& config) {
    std::vector<SliceRange> ranges;
    std::int64_t all = 0;
    OCTAVO_TRY(const ValidationData data, open_validation(config));
    for (std::size_t number = 0; number < config.validation.size(); ++number) {
        const Slice& slice = config.validation[number];
        const DatasetHandle& dataset = data.datasets[number];
        OCTAVO_TRY(const SliceRange range, range_of(slice, dataset.count()));
        OCTAVO_CHECK_OK(check_annotated(config, slice, dataset, range.first));
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

Result<std::int64_t> validation_size(const Config& config) {
    OCTAVO_TRY(const SearchImages chosen, choose_search_images(config));
    return chosen.images + chosen.held_back;
}

}  // namespace octavo
