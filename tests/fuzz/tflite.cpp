// Any bytes as a TensorFlow Lite model: a graph or an error.
#include "core/formats/tflite/reader.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(octavo::read_tflite(std::span(reinterpret_cast<const std::byte*>(data), size)));
    return 0;
}
