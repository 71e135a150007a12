// A ring of slots, each filled by one of the decoding threads and emptied in order by the consumer.
#include "core/pipeline/stage_samples.h"
#include "core/base/threads.h"

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/graph/flat.h"
#include "core/image/decode.h"

#include <octavo/blob.h>
#include <octavo/tensor.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>

namespace octavo {
namespace {

// One sample, ready for a batch.
struct Prepared {
    std::string id, note;
    std::int64_t number = 0;
    octavo_blob annotation{};
    octavo_geometry geometry{};
    std::vector<std::vector<std::byte>> rows;  // one a model input: of its batch, or all of an input that has none
};

Result<Framed> framed_image(std::span<const std::byte> file, const Preprocess& steps, InputShape shape, const std::string& name) {
    OCTAVO_TRY(Image image, decode_image(file, name));
    return frame(steps, std::move(image), shape, name);
}

void fill_row(const Framed& picture, const Preprocess& steps, InputShape shape, const Port& input, Prepared& out) {
    out.rows.emplace_back(row_bytes(input));
    write_row(steps, picture.image, out.rows[0], shape);
    out.geometry = geometry_of(picture.geometry, shape);
}

// Of its encoded bytes or of its file.
Result<Framed> framed_sample(const octavo_sample& sample, const Preprocess& steps, InputShape shape, const std::string& name) {
    if (sample.encoded) return framed_image({static_cast<const std::byte*>(sample.encoded), sample.encoded_bytes}, steps, shape, name);
    OCTAVO_TRY(const MappedFile file, map_file(sample.path, Code::data));
    return framed_image(file.bytes(), steps, shape, name);
}

Result<void> prepare_picture(const SampleRequest& request, const octavo_sample& sample, Prepared& out) {
    OCTAVO_TRY(const InputShape shape, image_shape(request.inputs));
    std::shared_ptr<const Framed> picture = request.pictures ? request.pictures->find(request.slice, out.number) : nullptr;
    if (!picture) {
        OCTAVO_TRY(Framed framed, framed_sample(sample, request.preprocess, shape, out.id));
        picture = std::make_shared<const Framed>(std::move(framed));
        if (request.pictures) request.pictures->add(request.slice, out.number, picture);
    }
    fill_row(*picture, request.preprocess, shape, request.inputs[0], out);
    return {};
}

Result<void> prepare_tensors(const octavo_sample& sample, std::span<const Port> inputs, Prepared& out) {
    if (static_cast<std::size_t>(sample.tensor_count) != inputs.size())
        return Error(Code::data,
                     out.id + ": has " + counted(sample.tensor_count, "tensor") + ", the model has " + counted(inputs.size(), "input"));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const octavo_tensor& tensor = sample.tensors[i];
        const std::int64_t count = element_count(std::span(tensor.shape, static_cast<std::size_t>(tensor.rank)));
        const std::size_t bytes = static_cast<std::size_t>(count) * element_bytes(tensor.type);
        if (tensor.type != inputs[i].type || (bytes != row_bytes(inputs[i]) && bytes != inputs[i].size_bytes()))
            return Error(Code::data, out.id + ": tensor " + std::to_string(i) + " does not fit input '" + inputs[i].name + "' (" +
                                         std::to_string(row_bytes(inputs[i])) + " bytes)");
        const octavo_tensor dense = dense_tensor(tensor.type, std::span(tensor.shape, static_cast<std::size_t>(tensor.rank)), tensor.data);
        if (!std::equal(dense.strides, dense.strides + dense.rank, tensor.strides))
            return Error(Code::data, out.id + ": tensor " + std::to_string(i) + " is not dense");
        const auto* begin = static_cast<const std::byte*>(tensor.data);
        out.rows.emplace_back(begin, begin + bytes);
    }
    return {};
}

// As the data set calls it, be its image readable or not; its number where the data set does not say.
std::string id_of(const DatasetHandle& dataset, std::int64_t number) {
    const Result<octavo_sample> sample = dataset.sample(number);
    return sample && sample->id ? sample->id : std::to_string(number);
}

Result<Prepared> prepare(const SampleRequest& request, std::int64_t number) {
    OCTAVO_TRY(const octavo_sample sample, request.dataset.sample(number));
    Prepared out;
    out.number = number;
    out.id = sample.id ? sample.id : std::to_string(number);
    out.note = sample.note ? sample.note : "";
    out.annotation = sample.annotation;
    out.geometry.size = sizeof(octavo_geometry);
    if (sample.tensors) {
        OCTAVO_CHECK_OK(prepare_tensors(sample, request.inputs, out));
    } else if (sample.encoded || sample.path) {
        OCTAVO_CHECK_OK(prepare_picture(request, sample, out));
    } else {
        return Error(Code::data, request.dataset.title() + ": sample '" + out.id + "' holds neither image nor tensors");
    }
    return out;
}

std::int64_t count_of(const SampleRequest& request) {
    return request.chosen.empty() ? request.count : static_cast<std::int64_t>(request.chosen.size());
}

// Of the i-th sample that is asked for.
std::int64_t number_of(const SampleRequest& request, std::size_t i) {
    return request.chosen.empty() ? request.first + static_cast<std::int64_t>(i) : request.chosen[i];
}

// The decoding threads and their ring. `next` gives samples in order.
class Decoders {
public:
    Decoders(const SampleRequest& request, std::size_t threads) : request_(request), slots_(2 * threads + 2) {
        try {
            while (threads_.size() < threads) threads_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {  // the system has no more threads: fewer do the same
            if (threads_.empty()) throw;
        }
    }
    Decoders(const Decoders&) = delete;
    Decoders& operator=(const Decoders&) = delete;
    ~Decoders() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        room_.notify_all();
    }

    Result<Prepared> next() {
        std::unique_lock lock(mutex_);
        std::optional<Result<Prepared>>& slot = slots_[taken_ % slots_.size()];
        filled_.wait(lock, [&] { return slot.has_value(); });
        Result<Prepared> sample = std::move(*slot);
        slot.reset();
        ++taken_;
        lock.unlock();
        room_.notify_all();
        return sample;
    }

private:
    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            room_.wait(lock, [&] { return stopped_ || is_done() || started_ < taken_ + slots_.size(); });
            if (stopped_ || is_done()) return;
            const std::size_t number = started_++;
            lock.unlock();
            Result<Prepared> sample = prepared(number_of(request_, number));
            lock.lock();
            slots_[number % slots_.size()].emplace(std::move(sample));
            filled_.notify_one();
        }
    }
    Result<Prepared> prepared(std::int64_t number) const {
        try {
            return prepare(request_, number);
        } catch (const std::bad_alloc&) {
            return Error(Code::data, id_of(request_.dataset, number) + ": there is not enough memory for it");
        }
    }
    bool is_done() const { return started_ >= static_cast<std::size_t>(count_of(request_)); }

    const SampleRequest& request_;
    std::mutex mutex_;
    std::condition_variable room_, filled_;
    std::vector<std::optional<Result<Prepared>>> slots_;
    std::size_t started_ = 0, taken_ = 0;
    bool stopped_ = false;
    std::vector<std::jthread> threads_;  // last, so that they have ended before what they use goes
};

Batch empty_batch(std::span<const Port> inputs) {
    Batch batch;
    for (const Port& port : inputs) batch.inputs.emplace_back(port.size_bytes());
    return batch;
}

// An input without a batch is the same for all samples.
Result<void> append(Prepared& sample, std::span<const Port> inputs, Batch& batch) {
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
        const std::vector<std::byte>& row = sample.rows[i];
        const bool is_all = row.size() == batch.inputs[i].size();
        if (is_all && batch.size() > 0 && row != batch.inputs[i])
            return Error(Code::data, sample.id + ": its tensor " + std::to_string(i) + " is another than that of '" + batch.ids[0] +
                                         "', and input '" + inputs[i].name + "' has no batch; expected \"batch\": 1");
        std::copy(row.begin(), row.end(), batch.inputs[i].begin() + (is_all ? 0 : static_cast<std::ptrdiff_t>(batch.size() * row.size())));
    }
    batch.ids.push_back(std::move(sample.id));
    batch.numbers.push_back(sample.number);
    batch.annotations.push_back(sample.annotation);
    batch.geometries.push_back(sample.geometry);
    return {};
}

void clear(Batch& batch) {
    for (std::vector<std::byte>& input : batch.inputs) std::fill(input.begin(), input.end(), std::byte{0});
    batch.ids.clear();
    batch.numbers.clear();
    batch.annotations.clear();
    batch.geometries.clear();
}

}  // namespace

std::size_t row_bytes(const Port& port) {
    return port.shape.empty() ? port.size_bytes() : port.size_bytes() / static_cast<std::size_t>(std::max<std::int64_t>(port.shape[0], 1));
}

Result<InputShape> image_shape(std::span<const Port> inputs) {
    if (inputs.size() != 1)
        return Error(Code::config, "the model has " + std::to_string(inputs.size()) +
                                       " inputs, an image fills one; expected a data set that gives ready tensors");
    if (const std::optional<InputShape> shape = image_shape(inputs[0])) return *shape;
    return Error(Code::model, "input '" + inputs[0].name +
                                  "' is no image: expected f32 or u8, batch x 1 or 3 x height x width or batch x height x width x 1 or 3");
}

std::optional<InputShape> image_shape(const Port& input) {
    const bool is_bytes = input.type == OCTAVO_U8;
    if ((input.type != OCTAVO_F32 && !is_bytes) || input.shape.size() != 4) return {};
    const auto length = [&](std::size_t axis) { return static_cast<int>(input.shape[axis]); };
    const auto is_channels = [&](std::size_t axis) { return input.shape[axis] == 1 || input.shape[axis] == 3; };
    if (is_channels(1)) return InputShape{length(1), length(2), length(3), false, is_bytes};
    if (is_channels(3)) return InputShape{length(3), length(1), length(2), true, is_bytes};
    return {};
}

octavo_geometry geometry_of(const Geometry& geometry, InputShape shape) {
    return {sizeof(octavo_geometry),
            geometry.source_width,
            geometry.source_height,
            geometry.scale_x,
            geometry.scale_y,
            geometry.offset_x,
            geometry.offset_y,
            static_cast<std::int32_t>(shape.width),
            static_cast<std::int32_t>(shape.height)};
}

Result<Framed> framed_file(const std::string& path, const Preprocess& steps, InputShape shape) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::data));
    return framed_image(file.bytes(), steps, shape, path);
}

Result<octavo_geometry> image_row(Image image, const Preprocess& steps, InputShape shape, std::span<std::byte> row, std::string_view name) {
    OCTAVO_TRY(const Geometry geometry, preprocess(steps, std::move(image), row, shape, name));
    return geometry_of(geometry, shape);
}

std::optional<std::int64_t> class_of(const octavo_blob& annotation) {
    const auto labels = values_of<std::int64_t>(annotation, OCTAVO_BLOB_CLASS, "the annotation");
    return labels && labels->size() == 1 ? std::optional((*labels)[0]) : std::nullopt;
}

Result<SliceRange> range_of(const Slice& slice, std::int64_t samples) {
    if (slice.skip >= samples && slice.is_rest)
        return Error(Code::data, slice.title + ": takes what calibration leaves, which takes " + std::to_string(slice.skip) + " of " +
                                     counted(samples, "sample") + "; expected a smaller calibration.limit, or images of its own");
    if (slice.skip >= samples)
        return Error(Code::data, slice.title + ": the data set has " + counted(samples, "sample") + " and " + std::to_string(slice.skip) +
                                     (slice.skip == 1 ? " is" : " are") +
                                     " skipped, so none is left; expected another list or a smaller skip");
    const std::int64_t left = samples - slice.skip;
    return SliceRange{slice.skip, slice.limit == 0 ? left : std::min(slice.limit, left)};
}

Result<ValidationData> open_validation(const Config& config) {
    ValidationData data;
    for (const Slice& slice : config.validation) {
        OCTAVO_TRY(DatasetHandle dataset, DatasetHandle::create(*config.dataset, slice.dataset));
        if (data.classes.empty()) data.classes = dataset.class_names();
        data.datasets.push_back(std::move(dataset));
    }
    return data;
}

Result<SamplesDone> for_each_batch(const SampleRequest& request, const BatchSink& consume) {
    OCTAVO_CHECK(!request.inputs.empty());
    const auto batch_size = static_cast<std::size_t>(request.inputs[0].shape[0]);
    const std::int64_t count = count_of(request);
    Decoders decoders(request, static_cast<std::size_t>(std::min<std::int64_t>(thread_count(request.threads), count)));
    SamplesDone done;
    Batch batch = empty_batch(request.inputs);
    for (std::int64_t i = 0; i < count; ++i) {
        if (request.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
        Result<Prepared> sample = decoders.next();
        if (!sample) {
            if (!request.skip_unreadable || sample.error().code() != Code::data) return sample.error();
            done.unreadable.push_back({id_of(request.dataset, number_of(request, static_cast<std::size_t>(i))), sample.error().message()});
        } else {
            if (!sample->note.empty()) done.noted.push_back({sample->id, std::move(sample->note)});
            OCTAVO_CHECK_OK(append(*sample, request.inputs, batch));
        }
        if (batch.size() < batch_size && (i + 1 < count || batch.size() == 0)) continue;
        OCTAVO_CHECK_OK(consume(batch));
        done.samples += static_cast<std::int64_t>(batch.size());
        clear(batch);
    }
    if (request.chosen.empty() && done.samples == 0 && !done.unreadable.empty())
        return Error(Code::data, "none of " + counted(count, "image") + " can be read, the first: " + done.unreadable[0].text);
    return done;
}

Result<Batch> batch_of_image(const std::string& path, const Preprocess& steps, std::span<const Port> inputs) {
    OCTAVO_TRY(const InputShape shape, image_shape(inputs));
    OCTAVO_TRY(const Framed picture, framed_file(path, steps, shape));
    Prepared sample;
    sample.id = path;
    fill_row(picture, steps, shape, inputs[0], sample);
    Batch batch = empty_batch(inputs);
    OCTAVO_CHECK_OK(append(sample, inputs, batch));
    return batch;
}

}  // namespace octavo
