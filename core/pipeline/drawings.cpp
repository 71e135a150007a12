// The image is decoded once more, upright as its annotation is, since what enters a network has lost its size.
#include "core/pipeline/drawings.h"

#include "core/base/files.h"
#include "core/image/decode.h"
#include "core/image/draw.h"
#include "core/image/encode.h"

#include <octavo/blob.h>

#include <cstdio>

namespace octavo {
namespace {

// Of a sample that can be drawn.
Result<std::span<const octavo_box>> annotated_boxes(const octavo_sample& sample, const std::string& name) {
    if (!sample.encoded && !sample.path) return Error(Code::config, name + ": found no image to draw on, expected a data set of images");
    return values_of<octavo_box>(sample.annotation, OCTAVO_BLOB_BOXES, name + ": the annotation");
}

Result<Image> picture_of(const octavo_sample& sample, const std::string& id) {
    if (sample.encoded) return decode_image({static_cast<const std::byte*>(sample.encoded), sample.encoded_bytes}, id);
    OCTAVO_TRY(const MappedFile file, map_file(sample.path, Code::data));
    return decode_image(file.bytes(), sample.path);
}

std::string table_row(const octavo_box& box, const Colour& colour, const std::string& image, const std::string& title,
                      const std::string& name) {
    char numbers[256];  // a float may take 42 characters
    std::snprintf(numbers, sizeof(numbers), "#%02x%02x%02x\t%.3f\t%.1f\t%.1f\t%.1f\t%.1f", colour[0], colour[1], colour[2],
                  static_cast<double>(box.score), static_cast<double>(box.left), static_cast<double>(box.top),
                  static_cast<double>(box.right), static_cast<double>(box.bottom));
    return image + "\t" + title + "\t" + name + "\t" + numbers + "\n";
}

}  // namespace

Drawings::Drawings(std::string folder, std::int64_t most, std::vector<std::string> titles)
    : folder_(std::move(folder)), most_(most), titles_(std::move(titles)) {}

void Drawings::draw_boxes(const SeenSample& seen, std::span<const octavo_box> boxes, const std::string& title, Image& panel) {
    for (const octavo_box& box : boxes) {
        if (!(box.score >= kLeastScore) || box.label < 0) continue;
        const auto label = static_cast<std::size_t>(box.label);
        const Colour colour = colour_of(label);
        draw(panel, {box.left, box.top, box.right, box.bottom, colour, box.difficult || box.crowd ? 1 : 2});
        table_ += table_row(box, colour, seen.id, title, label < seen.classes.size() ? seen.classes[label] : std::to_string(label));
    }
}

Result<bool> Drawings::add(const SeenSample& seen) {
    if (count_ == most_) return false;
    OCTAVO_TRY(const std::span<const octavo_box> truth, annotated_boxes(seen.sample, seen.id));
    OCTAVO_TRY(const Image picture, picture_of(seen.sample, seen.id));
    std::vector<Image> panels(1 + seen.boxes.size(), picture);
    draw_boxes(seen, truth, "annotation", panels[0]);
    for (std::size_t i = 0; i < seen.boxes.size(); ++i) draw_boxes(seen, seen.boxes[i], titles_[i], panels[i + 1]);
    OCTAVO_TRY(const std::vector<std::byte> file, encode_jpeg(side_by_side(panels, 4), 92));
    OCTAVO_CHECK_OK(write_atomically(folder_ + "/" + names_.of(seen.id) + ".jpg", file, Code::data));
    return ++count_ < most_;
}

Result<void> Drawings::finish() const {
    return write_atomically(folder_ + "/boxes.tsv", table_, Code::data);
}

Result<void> check_drawable(const Config& config) {
    OCTAVO_TRY(const ValidationData data, open_validation(config));
    for (std::size_t number = 0; number < data.datasets.size(); ++number) {
        const DatasetHandle& dataset = data.datasets[number];
        OCTAVO_TRY(const SliceRange range, range_of(config.validation[number], dataset.count()));
        const Result<octavo_sample> first = dataset.sample(range.first);
        if (!first) continue;  // whether such images may be skipped is for the run to say
        if (const auto boxes = annotated_boxes(*first, "--draw: " + dataset.title()); !boxes) return boxes.error();
    }
    return {};
}

}  // namespace octavo
