// PNG by libpng: every colour type and depth, interlaced or not, becomes 8-bit RGB. The file must be whole up to its end chunk, so that
// the checksum of the last pixel data has been compared.
#include <png.h>

#include <cstring>
#include <string>
#include <utility>

#include "core/image/decode.h"
#include "core/image/orientation.h"

namespace octavo {
namespace {

// As in the JPEG reader, errors leave libpng by longjmp, and no object with a destructor lives in the functions that it ends.
class PngReader {
public:
    explicit PngReader(std::span<const std::byte> bytes);
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    bool read_header();
    // `rgb` takes height() rows of width() * 3 bytes.
    bool read_rows(std::uint8_t* rgb);

    std::int64_t width() const { return png_get_image_width(png_, info_); }
    std::int64_t height() const { return png_get_image_height(png_, info_); }
    // Of the EXIF chunk, which may stand behind the pixels; 1 without one. After read_rows().
    int orientation();
    bool ended_early() const { return ended_early_; }
    const char* failure_text() const { return failure_text_; }

private:
    [[noreturn]] static void on_error(png_structp png, const char* text);
    static void on_warning(png_structp, const char*) {}
    static void on_read(png_structp png, png_bytep target, std::size_t size);
    void ask_for_rgb();

    std::span<const std::byte> unread_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    bool ended_early_ = false;
    char failure_text_[128] = "out of memory";
};

PngReader::PngReader(std::span<const std::byte> bytes)
    : unread_(bytes), png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning)) {
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
}

void PngReader::on_error(png_structp png, const char* text) {
    auto* reader = static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(reader->failure_text_, text, sizeof reader->failure_text_ - 1);
    png_longjmp(png, 1);
}

void PngReader::on_read(png_structp png, png_bytep target, std::size_t size) {
    auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
    if (size > reader->unread_.size()) {
        reader->ended_early_ = true;
        png_error(png, "unexpected end of file");
    }
    std::memcpy(target, reader->unread_.data(), size);
    reader->unread_ = reader->unread_.subspan(size);
}

bool PngReader::read_header() {
    if (info_ == nullptr) return false;
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, this, on_read);
    // Our own limits come after this, with a better message.
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(png_, info_);
    return true;
}

void PngReader::ask_for_rgb() {
    const auto type = png_get_color_type(png_, info_);
    if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png_);
    if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png_, info_) < 8) png_set_expand_gray_1_2_4_to_8(png_);
    if (type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_GRAY_ALPHA) png_set_gray_to_rgb(png_);
    png_set_strip_16(png_);
    png_set_strip_alpha(png_);
}

bool PngReader::read_rows(std::uint8_t* rgb) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    ask_for_rgb();
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    const std::size_t height = png_get_image_height(png_, info_);
    const std::size_t row_bytes = std::size_t{png_get_image_width(png_, info_)} * 3;
    if (png_get_rowbytes(png_, info_) != row_bytes) png_error(png_, "pixels do not become RGB");
    for (int pass = 0; pass < passes; ++pass) {
        for (std::size_t y = 0; y < height; ++y) png_read_row(png_, rgb + y * row_bytes, nullptr);
    }
    png_read_end(png_, info_);
    return true;
}

int PngReader::orientation() {
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &exif) == 0) return 1;
    return exif_orientation(std::as_bytes(std::span(exif, size)));
}

Error png_error_of(const PngReader& reader, std::size_t size_bytes, std::string_view name) {
    const std::string place = std::string(name) + ": ";
    if (reader.ended_early()) return {Code::data, place + "truncated PNG image (" + std::to_string(size_bytes) + " bytes)"};
    return {Code::data, place + "damaged PNG image (" + reader.failure_text() + ")"};
}

}  // namespace

bool is_png(std::span<const std::byte> bytes) {
    constexpr std::size_t kSignatureBytes = 8;
    return bytes.size() >= kSignatureBytes && png_sig_cmp(reinterpret_cast<png_const_bytep>(bytes.data()), 0, kSignatureBytes) == 0;
}

Result<Image> decode_png(std::span<const std::byte> bytes, std::string_view name) {
    PngReader reader(bytes);
    if (!reader.read_header()) return png_error_of(reader, bytes.size(), name);
    OCTAVO_CHECK_OK(check_image_size(reader.width(), reader.height(), name));
    Image image = blank_image(static_cast<int>(reader.width()), static_cast<int>(reader.height()));
    if (!reader.read_rows(image.rgb.data())) return png_error_of(reader, bytes.size(), name);
    return upright(std::move(image), reader.orientation());
}

}  // namespace octavo
