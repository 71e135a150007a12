// JPEG by libjpeg-turbo, with the settings of Pillow: accurate integer DCT, fancy chroma upsampling, CMYK always in Adobe's polarity.
// libjpeg only warns when pixel data is missing and fills the rest with grey; here such warnings are errors.
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

// jpeglib.h needs size_t and FILE, jerror.h needs jpeglib.h.
#include <jpeglib.h>

#include <jerror.h>

#include "core/image/decode.h"
#include "core/image/orientation.h"

namespace octavo {
namespace {

constexpr int kExifMarker = JPEG_APP0 + 1;

// libjpeg reports errors by calling back, and the callback must not return. The longjmp out of it crosses C frames only, because no
// object with a destructor lives in read_header() and read_rows(), the two functions that it ends.
class JpegReader {
public:
    JpegReader();
    ~JpegReader() { jpeg_destroy_decompress(&info_); }
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;

    bool read_header(std::span<const std::byte> bytes);
    // `rgb` takes height() rows of width() * 3 bytes; `cmyk_row` takes width() * 4 bytes and is used for four components only.
    bool read_rows(std::uint8_t* rgb, std::uint8_t* cmyk_row);

    std::int64_t width() const { return info_.image_width; }
    std::int64_t height() const { return info_.image_height; }
    int components() const { return info_.num_components; }
    // Of the first EXIF block; 1 without one.
    int orientation() const;
    // After a false: the J_MESSAGE_CODE and its text.
    int failure() const { return errors_.msg_code; }
    const char* failure_text() const { return failure_text_; }

private:
    [[noreturn]] static void on_error(j_common_ptr info);
    static void on_message(j_common_ptr info, int level);
    static void on_output(j_common_ptr) {}

    jpeg_decompress_struct info_{};
    jpeg_error_mgr errors_{};
    std::jmp_buf escape_;
    char failure_text_[JMSG_LENGTH_MAX] = "";
};

JpegReader::JpegReader() {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    errors_.output_message = on_output;
    info_.client_data = this;
}

void JpegReader::on_error(j_common_ptr info) {
    auto* reader = static_cast<JpegReader*>(info->client_data);
    info->err->format_message(info, reader->failure_text_);
    std::longjmp(reader->escape_, 1);
}

// The other warnings are about metadata, or about bytes between segments that belong to no pixel.
bool pixels_are_lost(int warning) {
    return warning == JWRN_JPEG_EOF || warning == JWRN_HIT_MARKER || warning == JWRN_HUFF_BAD_CODE || warning == JWRN_ARITH_BAD_CODE ||
           warning == JWRN_MUST_RESYNC;
}

void JpegReader::on_message(j_common_ptr info, int level) {
    constexpr int kWarning = -1;
    if (level == kWarning && pixels_are_lost(info->err->msg_code)) on_error(info);
}

bool JpegReader::read_header(std::span<const std::byte> bytes) {
    if (setjmp(escape_) != 0) return false;
    jpeg_create_decompress(&info_);
    constexpr unsigned kMostMarkerBytes = 0xffff;
    jpeg_save_markers(&info_, kExifMarker, kMostMarkerBytes);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&info_, TRUE);
    return true;
}

int JpegReader::orientation() const {
    constexpr std::string_view kSignature("Exif\0\0", 6);
    for (jpeg_saved_marker_ptr marker = info_.marker_list; marker != nullptr; marker = marker->next) {
        const std::string_view text(reinterpret_cast<const char*>(marker->data), marker->data_length);
        if (marker->marker == kExifMarker && text.starts_with(kSignature))
            return exif_orientation(std::as_bytes(std::span(text.substr(6))));
    }
    return 1;
}

// round(a * b / 255) without a division, exact for all bytes.
unsigned multiply_255(unsigned a, unsigned b) {
    const unsigned product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

// Adobe stores ink inverted: 255 is none. Then a channel is k - (255 - ink) * k / 255, rounded as Pillow does.
void rgb_from_inverted_cmyk(const std::uint8_t* cmyk, std::uint8_t* rgb, std::size_t pixels) {
    for (std::size_t i = 0; i < pixels; ++i) {
        const unsigned k = cmyk[4 * i + 3];
        for (std::size_t c = 0; c < 3; ++c) {
            rgb[3 * i + c] = static_cast<std::uint8_t>(k - multiply_255(255U - cmyk[4 * i + c], k));
        }
    }
}

// There is no jpeg_finish_decompress() at the end: it would only look for the end marker, after the last pixel.
bool JpegReader::read_rows(std::uint8_t* rgb, std::uint8_t* cmyk_row) {
    if (setjmp(escape_) != 0) return false;
    const bool is_cmyk = info_.num_components == 4;
    info_.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    info_.dct_method = JDCT_ISLOW;
    info_.do_fancy_upsampling = TRUE;
    jpeg_start_decompress(&info_);
    const std::size_t width = info_.output_width;
    while (info_.output_scanline < info_.output_height) {
        std::uint8_t* const row = rgb + std::size_t{info_.output_scanline} * width * 3;
        JSAMPROW target = is_cmyk ? cmyk_row : row;
        jpeg_read_scanlines(&info_, &target, 1);
        if (is_cmyk) rgb_from_inverted_cmyk(cmyk_row, row, width);
    }
    return true;
}

Error jpeg_error(const JpegReader& reader, std::size_t size_bytes, std::string_view name) {
    const std::string place = std::string(name) + ": ";
    if (reader.failure() == JWRN_JPEG_EOF) {
        return {Code::data, place + "truncated JPEG image, pixels are missing at its end (" + std::to_string(size_bytes) + " bytes)"};
    }
    return {Code::data, place + "damaged or unsupported JPEG image (" + reader.failure_text() + ")"};
}

}  // namespace

bool is_jpeg(std::span<const std::byte> bytes) {
    return bytes.size() >= 2 && bytes[0] == std::byte{0xff} && bytes[1] == std::byte{0xd8};
}

Result<Image> decode_jpeg(std::span<const std::byte> bytes, std::string_view name) {
    JpegReader reader;
    const bool header_read = reader.read_header(bytes);
    if (header_read || reader.failure() == JERR_IMAGE_TOO_BIG) {
        OCTAVO_CHECK_OK(check_image_size(reader.width(), reader.height(), name));
    }
    if (!header_read) return jpeg_error(reader, bytes.size(), name);
    if (reader.components() != 1 && reader.components() != 3 && reader.components() != 4) {
        return Error(Code::data, std::string(name) + ": JPEG image with " + std::to_string(reader.components()) +
                                     " components, expected 1 (grey), 3 (colour) or 4 (CMYK)");
    }
    Image image = blank_image(static_cast<int>(reader.width()), static_cast<int>(reader.height()));
    std::vector<std::uint8_t> cmyk_row(reader.components() == 4 ? static_cast<std::size_t>(image.width) * 4 : 0);
    if (!reader.read_rows(image.rgb.data(), cmyk_row.data())) return jpeg_error(reader, bytes.size(), name);
    return upright(std::move(image), reader.orientation());
}

}  // namespace octavo
