// JPEG by libjpeg-turbo. Errors come back by a longjmp, as in decode_jpeg.cpp.
#include "core/image/encode.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <string>

// jpeglib.h needs size_t and FILE.
#include <jpeglib.h>

namespace octavo {
namespace {

// No object with a destructor lives in write(), which the longjmp ends.
class JpegWriter {
public:
    JpegWriter();
    ~JpegWriter();
    JpegWriter(const JpegWriter&) = delete;
    JpegWriter& operator=(const JpegWriter&) = delete;

    bool write(const Image& image, int quality);
    std::vector<std::byte> bytes() const {
        const auto* begin = reinterpret_cast<const std::byte*>(data_);
        return {begin, begin + size_};
    }
    const char* failure_text() const { return failure_text_; }

private:
    [[noreturn]] static void on_error(j_common_ptr info);

    jpeg_compress_struct info_{};
    jpeg_error_mgr errors_{};
    std::jmp_buf escape_;
    unsigned char* data_ = nullptr;
    unsigned long size_ = 0;
    char failure_text_[JMSG_LENGTH_MAX] = "";
};

JpegWriter::JpegWriter() {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = on_error;
    info_.client_data = this;
}

JpegWriter::~JpegWriter() {
    jpeg_destroy_compress(&info_);
    std::free(data_);
}

void JpegWriter::on_error(j_common_ptr info) {
    auto* writer = static_cast<JpegWriter*>(info->client_data);
    info->err->format_message(info, writer->failure_text_);
    std::longjmp(writer->escape_, 1);
}

bool JpegWriter::write(const Image& image, int quality) {
    if (setjmp(escape_) != 0) return false;
    jpeg_create_compress(&info_);
    jpeg_mem_dest(&info_, &data_, &size_);
    info_.image_width = static_cast<JDIMENSION>(image.width);
    info_.image_height = static_cast<JDIMENSION>(image.height);
    info_.input_components = 3;
    info_.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info_);
    jpeg_set_quality(&info_, quality, TRUE);
    info_.comp_info[0].h_samp_factor = info_.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&info_, TRUE);
    while (info_.next_scanline < info_.image_height) {
        auto* row = const_cast<JSAMPLE*>(image.row(static_cast<int>(info_.next_scanline)));  // libjpeg only reads it
        jpeg_write_scanlines(&info_, &row, 1);
    }
    jpeg_finish_compress(&info_);
    return true;
}

}  // namespace

Result<std::vector<std::byte>> encode_jpeg(const Image& image, int quality) {
    JpegWriter writer;
    if (writer.write(image, quality)) return writer.bytes();
    return Error(Code::data, "cannot write a JPEG image of " + std::to_string(image.width) + " x " + std::to_string(image.height) +
                                 " pixels (" + writer.failure_text() + ")");
}

}  // namespace octavo
