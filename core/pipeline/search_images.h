// Search images: the part of the validation images that an accuracy target is judged on and searched with. The others are held back, so
// that what they say is no fruit of the search.
#pragma once

#include "core/pipeline/config.h"

#include <vector>

namespace octavo {

struct SearchImages {
    std::vector<std::vector<std::int64_t>> numbers;  // [validation slice] of samples in the data set, ascending
    std::int64_t images = 0, held_back = 0;

    bool contains(std::size_t slice, std::int64_t number) const;
};

// As many as the target asks for, spread evenly over all slices, since lists are often sorted by class. Without a target: all. Opens every
// slice. Error: Code::data where one has no sample left, Code::config where the metric needs labels and there are none.
Result<SearchImages> choose_search_images(const Config& config);

// Images of all validation slices together; the same errors.
Result<std::int64_t> validation_size(const Config& config);

}  // namespace octavo
