// A Caffe model in one piece: the prototxt, a zero byte, the caffemodel.
#include "core/formats/caffe/reader.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(bytes.find('\0'), size);
    const std::string_view weights = bytes.substr(std::min(end + 1, size));
    static_cast<void>(octavo::read_caffe(bytes.substr(0, end), octavo::make_buffer(std::vector<char>(weights.begin(), weights.end()))));
    return 0;
}
