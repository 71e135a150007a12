// Messages name input or row, so that a caller can pass them on.
#include "core/runtime/stream.h"

#include "core/base/text.h"
#include "core/image/decode.h"
#include "core/pipeline/config_keys.h"
#include "core/pipeline/stage_samples.h"

#include <algorithm>
#include <cstring>

namespace octavo {
namespace {

// What a config may ask for holds for programs too.
Result<void> check_range(const char* key, std::int64_t value) {
    const auto most = static_cast<std::int64_t>(find_key(config_keys(), key)->value.maximum);
    if (value >= 0 && value <= most) return {};
    return Error(Code::config, std::string(key) + ": found " + std::to_string(value) + ", expected 0 to " + std::to_string(most));
}

// Copies the elements from `axis` on, which begin at `from`; gives where the next go.
std::byte* copy_axis(const octavo_tensor& view, std::int32_t axis, const std::byte* from, std::byte* to) {
    const std::size_t bytes = element_bytes(view.type);
    const bool is_row = axis + 1 == view.rank && view.strides[axis] == 1;
    if (axis == view.rank || is_row) {
        const std::size_t size = bytes * (is_row ? static_cast<std::size_t>(view.shape[axis]) : 1);
        std::memcpy(to, from, size);
        return to + size;
    }
    for (std::int64_t i = 0; i < view.shape[axis]; ++i)
        to = copy_axis(view, axis + 1, from + i * view.strides[axis] * static_cast<std::int64_t>(bytes), to);
    return to;
}

bool fits(const octavo_tensor& values, const octavo_tensor& port) {
    return values.type == port.type && values.rank == port.rank && std::equal(port.shape, port.shape + port.rank, values.shape);
}

std::string described(const octavo_tensor& tensor) {
    if (tensor.rank < 0 || tensor.rank > OCTAVO_MAX_RANK) return "rank " + std::to_string(tensor.rank);
    return std::string(type_name(tensor.type)) + " " + shape_text(tensor);
}

struct OrderRow {
    octavo_pixel_order order;
    int bytes, red, green, blue;
};
constexpr OrderRow kOrders[] = {
    {OCTAVO_RGB, 3, 0, 1, 2}, {OCTAVO_BGR, 3, 2, 1, 0}, {OCTAVO_RGBA, 4, 0, 1, 2}, {OCTAVO_BGRA, 4, 2, 1, 0}, {OCTAVO_GREY, 1, 0, 0, 0}};

Result<Image> image_of(const octavo_pixels& pixels) {
    const auto* const order =
        std::find_if(std::begin(kOrders), std::end(kOrders), [&](const OrderRow& known) { return known.order == pixels.order; });
    if (order == std::end(kOrders))
        return Error(Code::config, "pixels: found order " + std::to_string(pixels.order) + ", expected one of octavo_pixel_order");
    if (!pixels.data) return Error(Code::config, "pixels: found no data");
    if (pixels.width < 1 || pixels.height < 1)
        return Error(Code::data, "pixels: found " + std::to_string(pixels.width) + "x" + std::to_string(pixels.height) +
                                     ", expected sides of 1 or more");
    OCTAVO_CHECK_OK(check_image_size(pixels.width, pixels.height, "pixels"));
    const std::int64_t least = std::int64_t{order->bytes} * pixels.width, row_bytes = pixels.row_bytes == 0 ? least : pixels.row_bytes;
    if (row_bytes < least)
        return Error(Code::config, "pixels: found rows of " + std::to_string(row_bytes) + " bytes, expected " + std::to_string(least) +
                                       " or more for a width of " + std::to_string(pixels.width));
    Image image = blank_image(pixels.width, pixels.height);
    for (int y = 0; y < image.height; ++y) {
        const auto* in = static_cast<const std::uint8_t*>(pixels.data) + y * row_bytes;
        std::uint8_t* out = image.row(y);
        for (int x = 0; x < image.width; ++x, in += order->bytes, out += 3) {
            out[0] = in[order->red];
            out[1] = in[order->green];
            out[2] = in[order->blue];
        }
    }
    return image;
}

}  // namespace

Result<Stream> Stream::open(const RuntimeModel& model, const octavo_stream_options& options) {
    OCTAVO_CHECK_OK(check_range("batch", options.batch));
    OCTAVO_CHECK_OK(check_range("threads", options.threads));
    OCTAVO_TRY(const Graph graph, with_batch(model.graph, options.batch == 0 ? own_batch(model.graph) : options.batch));
    Stream stream;
    OCTAVO_TRY(stream.session_,
               Session::compile(model.device, graph, model.plan ? &*model.plan : nullptr, {static_cast<int>(options.threads), {}, false}));
    stream.preprocess_ = model.preprocess;
    for (const Port& port : stream.session_.inputs()) {
        stream.buffers_.emplace_back(port.size_bytes());
        stream.inputs_.push_back({port.name.c_str(), dense_tensor(port.type, port.shape, stream.buffers_.back().data())});
    }
    for (std::size_t i = 0; i < stream.session_.outputs().size(); ++i)
        stream.outputs_.push_back({stream.session_.outputs()[i].name.c_str(), stream.session_.output_views()[i]});
    return stream;
}

Result<const octavo_port*> Stream::find_input(const char* name) const {
    if (!name && inputs_.size() == 1) return inputs_.data();
    const std::string wanted = name ? name : "";
    std::vector<std::string> names;
    for (const octavo_port& port : inputs_) {
        if (name && wanted == port.name) return &port;
        names.emplace_back(port.name);
    }
    return Error(Code::config, "input '" + wanted + "': the model has none of this name, expected one of " + join(names, ", ") +
                                   did_you_mean(wanted, names));
}

Result<void> Stream::set_tensor(const char* name, const octavo_tensor& values) {
    OCTAVO_TRY(const octavo_port* port, find_input(name));
    const std::string place = "input '" + std::string(port->name) + "': ";
    if (!fits(values, port->tensor))
        return Error(Code::data, place + "found " + described(values) + ", expected " + described(port->tensor));
    octavo_tensor view = values;
    if (std::all_of(view.strides, view.strides + view.rank, [](std::int64_t stride) { return stride == 0; }))
        std::copy_n(port->tensor.strides, view.rank, view.strides);
    const bool is_empty = element_count({view.shape, static_cast<std::size_t>(view.rank)}) == 0;
    if (!view.data && !is_empty) return Error(Code::data, place + "found no data");
    if (!is_empty) copy_axis(view, 0, static_cast<const std::byte*>(view.data), static_cast<std::byte*>(port->tensor.data));
    return {};
}

Result<Stream::Place> Stream::place_of(std::int64_t row) {
    if (!preprocess_)
        return Error(Code::config,
                     "the model was loaded from a file, which says nothing of preprocessing; load the output folder of octavo calibrate, "
                     "or give tensors");
    OCTAVO_TRY(const InputShape shape, image_shape(session_.inputs()));
    const octavo_tensor& input = inputs_[0].tensor;
    if (row < 0 || row >= input.shape[0])
        return Error(Code::config, "row " + std::to_string(row) + ": the batch has rows 0 to " + std::to_string(input.shape[0] - 1));
    const std::size_t bytes = row_bytes(session_.inputs()[0]);
    return Place{shape, std::span(buffers_[0]).subspan(static_cast<std::size_t>(row) * bytes, bytes), "row " + std::to_string(row)};
}

Result<octavo_geometry> Stream::set_image(std::int64_t row, std::span<const std::byte> file) {
    OCTAVO_TRY(const Place place, place_of(row));
    OCTAVO_TRY(Image image, decode_image(file, place.name));
    return image_row(std::move(image), *preprocess_, place.shape, place.bytes, place.name);
}

Result<octavo_geometry> Stream::set_pixels(std::int64_t row, const octavo_pixels& pixels) {
    OCTAVO_TRY(const Place place, place_of(row));
    OCTAVO_TRY(Image image, image_of(pixels));
    return image_row(std::move(image), *preprocess_, place.shape, place.bytes, place.name);
}

Result<void> Stream::run() {
    OCTAVO_CHECK_OK(session_.run(buffers_));
    for (std::size_t i = 0; i < outputs_.size(); ++i) outputs_[i].tensor = session_.output_views()[i];
    return {};
}

}  // namespace octavo
