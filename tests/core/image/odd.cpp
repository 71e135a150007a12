// The odd files of ../shared/images: each is read at its size, or refused by name with the reason.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

#include "core/base/files.h"
#include "core/image/decode.h"
#include "core/image/preprocess.h"

using namespace octavo;

BOOST_AUTO_TEST_SUITE(image_odd)

BOOST_AUTO_TEST_CASE(odd_files_are_read_or_refused_by_name) {
    struct Case {
        const char* folder;
        const char* file;
        std::string expected;  // size, or message
    };
    const Case cases[] = {
        {"odd", "made_1x1.jpg", "1x1"},
        {"odd", "made_900x3.jpg", "900x3"},
        {"odd", "made_cmyk.jpg", "376x263"},
        {"odd", "made_empty.jpg", "made_empty.jpg: empty file, expected a JPEG or PNG image"},
        {"odd", "made_palette.png", "160x111"},
        {"odd", "made_png_named_jpg.jpg", "160x111"},
        {"odd", "made_progressive.jpg", "376x263"},
        {"odd", "made_rgba.png", "160x111"},
        {"odd", "made_text_named_jpg.jpg", "made_text_named_jpg.jpg: not a JPEG or PNG image (first bytes 74 68 69 73 20 69 73 20)"},
        {"odd", "made_truncated.jpg", "made_truncated.jpg: truncated JPEG image, pixels are missing at its end (18486 bytes)"},
        {"odd", "n01728572_exif_orientation_0.JPEG", "500x333"},
        {"odd", "n02676566_grey_exif.JPEG", "700x467"},
        {"imagenet", "n02951585.jpg", "294x392"},  // 392x294 with EXIF orientation 6
    };
    const std::filesystem::path images = OCTAVO_SOURCE_DIR "/../shared/images";
    if (!std::filesystem::is_directory(images)) {
        BOOST_TEST_MESSAGE("skipped: no ../shared");
        return;
    }
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.file) {
            const auto file = map_file((images / c.folder / c.file).string(), Code::data);
            BOOST_REQUIRE(file);
            const auto image = decode_image(file->bytes(), c.file);
            BOOST_TEST((image ? std::to_string(image->width) + "x" + std::to_string(image->height) : image.error().message()) ==
                       c.expected);
            if (!image) continue;
            std::vector<float> chw(3 * 224 * 224);
            const Preprocess usual{{Resize{ShorterSide{256}}, Crop{224, 224}}};
            BOOST_TEST(static_cast<bool>(preprocess(usual, *image, std::as_writable_bytes(std::span(chw)), {3, 224, 224}, c.file)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
