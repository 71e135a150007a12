// Drawings: what a detector found, for people to look at. Each of the first images becomes FOLDER/ID.jpg, with the annotated boxes at the
// left and those of each contender beside it, in the colour of their class; thin frames are difficult or crowds. FOLDER/boxes.tsv says what
// each frame is.
#pragma once

#include "core/base/file_names.h"
#include "core/pipeline/stage_evaluate.h"

#include <cstdint>
#include <string>
#include <vector>

namespace octavo {

class Drawings {
public:
    static constexpr float kLeastScore = 0.3F;  // of a box that is drawn

    // `titles`: of the contenders.
    Drawings(std::string folder, std::int64_t most, std::vector<std::string> titles);

    // Whether it wants another one. Error: Code::config for samples that have no boxes, Code::data for images that cannot be read.
    Result<bool> add(const SeenSample& seen);
    // Writes boxes.tsv.
    Result<void> finish() const;

    const std::string& folder() const { return folder_; }
    std::int64_t count() const { return count_; }

private:
    void draw_boxes(const SeenSample& seen, std::span<const octavo_box> boxes, const std::string& title, Image& panel);

    std::string folder_;
    std::int64_t most_, count_ = 0;
    std::vector<std::string> titles_;
    FileNames names_;
    std::string table_ = "image\tof\tclass\tcolour\tscore\tleft\ttop\tright\tbottom\n";
};

// The validation images must have boxes, and be images, as far as the first ones tell. Error: Code::config.
Result<void> check_drawable(const Config& config);

}  // namespace octavo
