// The numbers in a .caffemodel: blobs by layer, with the dimensions that the file gives them. Packed floats stay views into the file. The
// file is hostile until parsed: no size is believed before the bytes are there.
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace octavo::caffe {

struct Blob {
    Shape dims;                 // from `shape` or the four old fields, as they stand there
    std::string_view packed;    // float32, where the values are one run of the file; else
    std::vector<float> values;  // listed singly, in several runs, or narrowed from double
    std::size_t count() const { return packed.empty() ? values.size() : packed.size() / sizeof(float); }
};

using Weights = std::map<std::string, std::vector<Blob>, std::less<>>;

// Blobs of layers of both forms (`layer`, and `layers` of files before 2015); where two layers have one name the last counts.
Result<Weights> parse_weights(std::string_view file);

// The blob's values as floats. `owner` keeps the file.
Buffer values_of(const Blob& blob, const std::shared_ptr<const void>& owner);

}  // namespace octavo::caffe
