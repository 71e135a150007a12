// The C functions of octavo/abi/runtime.h: what they are given is looked at here, what they do is in model.h and stream.h. Nothing that is
// thrown gets through.
#include "core/runtime/model.h"
#include "core/runtime/stream.h"

#include <octavo/plugin.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>

using namespace octavo;

struct octavo_model {
    RuntimeModel loaded;
    mutable std::mutex compiling;  // a device is used by one thread at a time
};
struct octavo_stream {
    Stream stream;
};

namespace {

// Runs `body`, which returns a Result<void>, and reports what it returns or throws.
template <class Body>
octavo_status reported(octavo_error* error, Body&& body) noexcept try {
    const Result<void> result = body();
    return result ? 0 : fail(error, result.error().code(), result.error().message());
} catch (const std::bad_alloc&) {
    return fail(error, Code::internal, "there is not enough memory");
} catch (const std::exception& exception) {
    return fail(error, Code::internal, exception.what());
} catch (...) {
    return fail(error, Code::internal, "something was thrown that is no std::exception");
}

// A struct as far as the caller's version of it goes; the rest is 0.
template <class T>
Result<T> as_given(const T* given, const char* name) {
    T whole{};
    if (!given) return whole;
    if (given->size < sizeof given->size)
        return Error(Code::config, std::string(name) + ": found size " + std::to_string(given->size) + ", expected " +
                                       std::to_string(sizeof(T)) + " in its first field");
    std::memcpy(&whole, given, std::min<std::size_t>(given->size, sizeof whole));
    return whole;
}

std::optional<std::string> text_of(const char* text) {
    return text ? std::optional<std::string>(text) : std::nullopt;
}

// Of what a function cannot do without.
Result<void> check_given(const void* pointer, const char* name) {
    return pointer ? Result<void>() : Error(Code::config, std::string(name) + ": found NULL");
}

// As far as the caller's version of the struct goes. `geometry` may be nullptr.
Result<void> give(const Result<octavo_geometry>& found, octavo_geometry* geometry) {
    if (!found) return found.error();
    if (!geometry) return {};
    OCTAVO_TRY(const octavo_geometry given, as_given(geometry, "geometry"));
    octavo_geometry told = *found;
    told.size = given.size;
    std::memcpy(geometry, &told, std::min<std::size_t>(given.size, sizeof told));
    return {};
}

const octavo_port* list(std::span<const octavo_port> ports, std::int32_t* count) {
    if (count) *count = static_cast<std::int32_t>(ports.size());
    return ports.data();
}

}  // namespace

const char* octavo_runtime_version(void) {
    return OCTAVO_VERSION;
}

octavo_status octavo_model_load(const char* path, const octavo_model_options* options, octavo_model** model, octavo_error* error) {
    return reported(error, [&]() -> Result<void> {
        OCTAVO_CHECK_OK(check_given(path, "path"));
        OCTAVO_CHECK_OK(check_given(model, "model"));
        OCTAVO_TRY(const octavo_model_options given, as_given(options, "options"));
        const RuntimeOptions wanted{text_of(given.plan), text_of(given.device), text_of(given.plugins).value_or("")};
        OCTAVO_TRY(RuntimeModel loaded, load_runtime_model(path, wanted));
        *model = new octavo_model{std::move(loaded), {}};
        return {};
    });
}

void octavo_model_free(octavo_model* model) {
    delete model;
}

octavo_status octavo_stream_open(const octavo_model* model, const octavo_stream_options* options, octavo_stream** stream,
                                 octavo_error* error) {
    return reported(error, [&]() -> Result<void> {
        OCTAVO_CHECK_OK(check_given(model, "model"));
        OCTAVO_CHECK_OK(check_given(stream, "stream"));
        OCTAVO_TRY(const octavo_stream_options given, as_given(options, "options"));
        const std::lock_guard lock(model->compiling);
        OCTAVO_TRY(Stream opened, Stream::open(model->loaded, given));
        *stream = new octavo_stream{std::move(opened)};
        return {};
    });
}

void octavo_stream_close(octavo_stream* stream) {
    delete stream;
}

const octavo_port* octavo_stream_inputs(const octavo_stream* stream, std::int32_t* count) {
    return list(stream->stream.inputs(), count);
}

const octavo_port* octavo_stream_outputs(const octavo_stream* stream, std::int32_t* count) {
    return list(stream->stream.outputs(), count);
}

octavo_status octavo_stream_set_tensor(octavo_stream* stream, const char* name, const octavo_tensor* values, octavo_error* error) {
    return reported(error, [&]() -> Result<void> {
        OCTAVO_CHECK_OK(check_given(stream, "stream"));
        OCTAVO_CHECK_OK(check_given(values, "values"));
        return stream->stream.set_tensor(name, *values);
    });
}

octavo_status octavo_stream_set_image(octavo_stream* stream, std::int64_t row, const void* file, std::uint64_t size_bytes,
                                      octavo_geometry* geometry, octavo_error* error) {
    return reported(error, [&]() -> Result<void> {
        OCTAVO_CHECK_OK(check_given(stream, "stream"));
        if (size_bytes > 0) OCTAVO_CHECK_OK(check_given(file, "file"));
        return give(stream->stream.set_image(row, {static_cast<const std::byte*>(file), size_bytes}), geometry);
    });
}

octavo_status octavo_stream_set_pixels(octavo_stream* stream, std::int64_t row, const octavo_pixels* pixels, octavo_geometry* geometry,
                                       octavo_error* error) {
    return reported(error, [&]() -> Result<void> {
        OCTAVO_CHECK_OK(check_given(stream, "stream"));
        OCTAVO_CHECK_OK(check_given(pixels, "pixels"));
        OCTAVO_TRY(const octavo_pixels given, as_given(pixels, "pixels"));
        return give(stream->stream.set_pixels(row, given), geometry);
    });
}

octavo_status octavo_stream_run(octavo_stream* stream, octavo_error* error) {
    return reported(error, [&]() -> Result<void> {
        OCTAVO_CHECK_OK(check_given(stream, "stream"));
        return stream->stream.run();
    });
}
