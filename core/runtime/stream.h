// Stream: a model compiled for one batch size, with the memory of its inputs and outputs. Used by one thread at a time.
#pragma once

#include "core/pipeline/session.h"
#include "core/runtime/model.h"

#include <octavo/abi/runtime.h>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace octavo {

class Stream {
public:
    // Of `options` the size is not looked at. The model need not live on; its device compiles for one caller at a time.
    static Result<Stream> open(const RuntimeModel& model, const octavo_stream_options& options);

    std::span<const octavo_port> inputs() const { return inputs_; }
    std::span<const octavo_port> outputs() const { return outputs_; }

    // `name` may be nullptr where there is one input.
    Result<void> set_tensor(const char* name, const octavo_tensor& values);
    Result<octavo_geometry> set_image(std::int64_t row, std::span<const std::byte> file);
    Result<octavo_geometry> set_pixels(std::int64_t row, const octavo_pixels& pixels);
    Result<void> run();

private:
    struct Place {
        InputShape shape;
        std::span<std::byte> bytes;
        std::string name;  // for messages
    };
    Result<const octavo_port*> find_input(const char* name) const;
    // Where a picture for that row goes.
    Result<Place> place_of(std::int64_t row);

    Session session_;
    std::vector<std::vector<std::byte>> buffers_;  // [input]
    std::vector<octavo_port> inputs_, outputs_;    // names and data lie in session and buffers, where moving leaves them
    std::optional<Preprocess> preprocess_;
};

}  // namespace octavo
