// Samples: a slice of a data set as batches of network inputs, in the order of the data set. Images are decoded and preprocessed by other
// threads, a bounded number ahead of the consumer, so that memory does not depend on how many there are.
#pragma once

#include "core/image/preprocess.h"
#include "core/pipeline/config.h"
#include "core/pipeline/picture_cache.h"
#include "core/pipeline/session.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace octavo {

struct Batch {
    std::vector<std::vector<std::byte>> inputs;  // one a model input, dense; rows behind the last sample are zero
    std::vector<std::string> ids;                // one a sample: 1 to the batch size
    std::vector<std::int64_t> numbers;           // of the samples in the data set
    std::vector<octavo_blob> annotations;        // live as long as the data set
    std::vector<octavo_geometry> geometries;

    std::size_t size() const { return ids.size(); }
};

struct ImageNote {
    std::string id, text;
};

struct SamplesDone {
    std::int64_t samples = 0;
    std::vector<ImageNote> unreadable;  // why
    std::vector<ImageNote> noted;       // what the data set left out of annotations or put right
};

struct SampleRequest {
    const DatasetHandle& dataset;
    std::int64_t first = 0;
    std::int64_t count = 0;
    const Preprocess& preprocess;
    std::span<const Port> inputs;  // of the model at the wanted batch size
    int threads = 0;               // that decode; 0: all
    bool skip_unreadable = false;
    std::stop_token stop = {};
    std::span<const std::int64_t> chosen = {};  // numbers of samples in place of first and count; empty: those
    PictureCache* pictures = nullptr;           // of this preprocessing; may be null
    std::size_t slice = 0;                      // as the cache knows the data set
};

// The class that an annotation gives; nothing where it is of another type.
std::optional<std::int64_t> class_of(const octavo_blob& annotation);

// What of the data set a slice means; Code::data where nothing is left.
struct SliceRange {
    std::int64_t first = 0, count = 0;
};
Result<SliceRange> range_of(const Slice& slice, std::int64_t samples);

// The data set of every validation slice in their order, and the names of its classes, if it has names.
struct ValidationData {
    std::vector<DatasetHandle> datasets;  // annotations of samples live as long
    std::vector<std::string> classes;
};
Result<ValidationData> open_validation(const Config& config);

using BatchSink = std::function<Result<void>(const Batch&)>;

// Hands every batch to `consume` on the calling thread. Ends early where that fails, and with Code::interrupted where a stop is requested.
// Where images may be skipped, a range of which none can be read is an error; chosen ones are a part of what their caller reads.
Result<SamplesDone> for_each_batch(const SampleRequest& request, const BatchSink& consume);

// Of one sample in a batch, or all of an input that has no batch.
std::size_t row_bytes(const Port& port);

// The one input that an image fills: f32 or u8, batch x 1 or 3 x height x width, or batch x height x width x 1 or 3. Another model is an
// error.
Result<InputShape> image_shape(std::span<const Port> inputs);
std::optional<InputShape> image_shape(const Port& input);

octavo_geometry geometry_of(const Geometry& geometry, InputShape shape);

// One image file through the steps but the last.
Result<Framed> framed_file(const std::string& path, const Preprocess& steps, InputShape shape);

// One picture through the preprocessing into `row`, the values of one sample. Errors begin with `name`.
Result<octavo_geometry> image_row(Image image, const Preprocess& steps, InputShape shape, std::span<std::byte> row, std::string_view name);

// One image file through the preprocessing, as the only row of a batch. Zeros behind it.
Result<Batch> batch_of_image(const std::string& path, const Preprocess& preprocess, std::span<const Port> inputs);

}  // namespace octavo
