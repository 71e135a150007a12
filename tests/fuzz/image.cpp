// Picture files.
#include "core/image/decode.h"
#include "core/image/encode.h"
#include "tests/fuzz/fuzz.h"

using namespace octavo;

std::vector<std::string> fuzz_seeds() {
    Image image = blank_image(16, 8);
    for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(i * 7);
    const std::vector<std::byte> jpeg = encode_jpeg(image, 80).value();
    // A grey picture of one pixel.
    const std::string png(
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDATx\xda\x63\x60\0\0\0\2\0\1\xe5\x27\xde\xfc\0\0"
        "\0\0IEND\xae\x42\x60\x82",
        67);
    return {std::string(reinterpret_cast<const char*>(jpeg.data()), jpeg.size()), png};
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)decode_image({reinterpret_cast<const std::byte*>(data), size}, "fuzz");
    return 0;
}
