// Running a model from a program, in C++: owners and Results over the C functions of octavo/abi/runtime.h, which say what holds. Header
// only: what crosses into the library is C, so compilers and standard libraries need not be the same.
//
//     OCTAVO_TRY(const runtime::Model model, runtime::Model::load("runs/mobilenet"));
//     OCTAVO_TRY(runtime::Stream stream, model.open());
//     OCTAVO_CHECK_OK(stream.set_image(0, jpeg));
//     OCTAVO_CHECK_OK(stream.run());
//     OCTAVO_TRY(const std::span<const float> scores, runtime::values<float>(stream.outputs()[0]));
#pragma once

#include <octavo/abi/runtime.h>
#include <octavo/result.h>
#include <octavo/tensor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

namespace octavo::runtime {

struct ModelOptions {
    std::string plan = {};     // file; "": the run's, or what the model file says; "none": everything is float32
    std::string device = {};   // "": the default
    std::string plugins = {};  // further folders or files, separated by colons
};

struct StreamOptions {
    int threads = 0;         // 0: all
    std::int64_t batch = 0;  // 0: the model's own where it is fixed, else 1
};

// Calls `function(&error)` and makes a Result of its status.
template <class Function>
Result<void> called(Function&& function) {
    octavo_error error{};
    error.size = sizeof error;
    const octavo_status status = function(&error);
    if (status == 0) return {};
    return Error(static_cast<Code>(status), error.text);
}

// What a port holds, in place. Error: Code::config where it is of another type.
template <class T>
Result<std::span<T>> values(const octavo_port& port) {
    using Plain = std::remove_const_t<T>;
    constexpr octavo_type type = std::is_same_v<Plain, float>          ? OCTAVO_F32
                                 : std::is_same_v<Plain, std::uint8_t> ? OCTAVO_U8
                                 : std::is_same_v<Plain, std::int8_t>  ? OCTAVO_S8
                                 : std::is_same_v<Plain, std::int32_t> ? OCTAVO_S32
                                 : std::is_same_v<Plain, std::int64_t> ? OCTAVO_S64
                                                                       : OCTAVO_BOOLEAN;
    static_assert(type != OCTAVO_BOOLEAN || std::is_same_v<Plain, bool>, "tensors hold no values of this type");
    if (port.tensor.type != type)
        return Error(Code::config,
                     "'" + std::string(port.name) + "': holds " + type_name(port.tensor.type) + ", asked for " + type_name(type));
    std::size_t count = 1;
    for (std::int32_t axis = 0; axis < port.tensor.rank; ++axis) count *= static_cast<std::size_t>(port.tensor.shape[axis]);
    return std::span<T>(static_cast<T*>(port.tensor.data), count);
}

// Used by one thread at a time; different streams run side by side.
class Stream {
public:
    std::span<const octavo_port> inputs() const { return ports(octavo_stream_inputs); }
    std::span<const octavo_port> outputs() const { return ports(octavo_stream_outputs); }

    Result<void> set_tensor(const std::string& name, const octavo_tensor& values) {
        return called([&](octavo_error* error) { return octavo_stream_set_tensor(self_.get(), name.c_str(), &values, error); });
    }
    Result<octavo_geometry> set_image(std::int64_t row, std::span<const std::byte> file) {
        octavo_geometry geometry{};
        geometry.size = sizeof geometry;
        OCTAVO_CHECK_OK(called(
            [&](octavo_error* error) { return octavo_stream_set_image(self_.get(), row, file.data(), file.size(), &geometry, error); }));
        return geometry;
    }
    Result<octavo_geometry> set_pixels(std::int64_t row, const octavo_pixels& pixels) {
        octavo_geometry geometry{};
        geometry.size = sizeof geometry;
        OCTAVO_CHECK_OK(called([&](octavo_error* error) { return octavo_stream_set_pixels(self_.get(), row, &pixels, &geometry, error); }));
        return geometry;
    }
    Result<void> run() {
        return called([&](octavo_error* error) { return octavo_stream_run(self_.get(), error); });
    }

private:
    friend class Model;
    struct Close {
        void operator()(octavo_stream* stream) const { octavo_stream_close(stream); }
    };
    explicit Stream(octavo_stream* stream) : self_(stream) {}
    std::span<const octavo_port> ports(const octavo_port* (*list)(const octavo_stream*, std::int32_t*)) const {
        std::int32_t count = 0;
        const octavo_port* first = list(self_.get(), &count);
        return {first, static_cast<std::size_t>(count)};
    }

    std::unique_ptr<octavo_stream, Close> self_;
};

// May be used by several threads at a time, and may go before its streams do.
class Model {
public:
    static Result<Model> load(const std::string& path, const ModelOptions& options = {}) {
        const auto text = [](const std::string& option) { return option.empty() ? nullptr : option.c_str(); };
        const octavo_model_options given = {sizeof(octavo_model_options), text(options.plan), text(options.device), text(options.plugins)};
        octavo_model* model = nullptr;
        OCTAVO_CHECK_OK(called([&](octavo_error* error) { return octavo_model_load(path.c_str(), &given, &model, error); }));
        return Model(model);
    }
    Result<Stream> open(const StreamOptions& options = {}) const {
        const octavo_stream_options given = {sizeof(octavo_stream_options), options.threads, options.batch};
        octavo_stream* stream = nullptr;
        OCTAVO_CHECK_OK(called([&](octavo_error* error) { return octavo_stream_open(self_.get(), &given, &stream, error); }));
        return Stream(stream);
    }

private:
    struct Free {
        void operator()(octavo_model* model) const { octavo_model_free(model); }
    };
    explicit Model(octavo_model* model) : self_(model) {}

    std::unique_ptr<octavo_model, Free> self_;
};

}  // namespace octavo::runtime
