// AnnotatedBoxes: the boxes of one image as its annotation gives them, for data sets of detectors. What is not as it should be is an error,
// or is put right or left out, as the user chose, and then told in the sample's note.
#pragma once

#include <octavo/abi/blob.h>
#include <octavo/parameters.h>
#include <octavo/result.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace octavo {

enum class BadBoxes { error, clip, skip };

constexpr octavo_parameter bad_boxes_parameter() {
    return string("bad_boxes", "\"error\"", "error|clip|skip",
                  "a box that reaches outside its image, or is empty: an error, cut at the image's border (and left out where nothing "
                  "remains), or left out");
}

inline BadBoxes bad_boxes_of(const Values& values) {
    const std::string word = values.text("bad_boxes");
    return word == "error" ? BadBoxes::error : word == "clip" ? BadBoxes::clip : BadBoxes::skip;
}

class AnnotatedBoxes {
public:
    // Of an image whose width or height may be 0: then it is unknown and nothing reaches outside it there. `slack`: pixels that a box may
    // reach outside and still be taken as it is.
    AnnotatedBoxes(BadBoxes bad_boxes, float width, float height, float slack = 0)
        : bad_boxes_(bad_boxes), width_(width > 0 ? width : kUnknown), height_(height > 0 ? height : kUnknown), slack_(slack) {}

    // `written`: the box in the words of its file. Error: Code::data, and without a place.
    Result<void> add(octavo_box box, const std::string& written) {
        const bool is_outside = reaches_outside(box);
        if (!is_outside && !is_empty(box)) {
            boxes_.push_back(box);
        } else if (bad_boxes_ == BadBoxes::error) {
            return Error(Code::data, "box " + written +
                                         (is_outside ? " reaches outside the image" + size_text() : " is empty or inverted") +
                                         "; \"bad_boxes\" may be \"clip\" or \"skip\" instead of \"error\"");
        } else if (is_outside && bad_boxes_ == BadBoxes::clip && !is_empty(clipped(box))) {
            boxes_.push_back(clipped(box));
            ++clipped_;
        } else {
            ++left_out_;
        }
        return {};
    }
    void leave_out_class(const std::string& name) {
        ++foreign_;
        foreign_names_.insert(name);
    }

    const std::vector<octavo_box>& boxes() const { return boxes_; }
    // "" where everything is as the file has it.
    std::string note() const {
        std::string text;
        const auto tell = [&](int count, const char* one, const char* many) {
            if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + (count == 1 ? one : many);
        };
        tell(clipped_, " box clipped", " boxes clipped");
        tell(left_out_, " box left out", " boxes left out");
        tell(foreign_, " object of an unknown class left out", " objects of unknown classes left out");
        const char* separator = " (";
        for (const std::string& name : foreign_names_) {
            text += separator + name;
            separator = ", ";
        }
        return text + (foreign_names_.empty() ? "" : ")");
    }

private:
    static bool is_empty(const octavo_box& box) { return !(box.left < box.right && box.top < box.bottom); }
    bool reaches_outside(const octavo_box& box) const {
        const auto reaches = [this](float a, float b, float end) { return std::min(a, b) < -slack_ || std::max(a, b) > end + slack_; };
        return reaches(box.left, box.right, width_) || reaches(box.top, box.bottom, height_);
    }
    octavo_box clipped(octavo_box box) const {
        for (float* x : {&box.left, &box.right}) *x = std::clamp(*x, 0.0F, width_);
        for (float* y : {&box.top, &box.bottom}) *y = std::clamp(*y, 0.0F, height_);
        return box;
    }
    std::string size_text() const {
        if (width_ == kUnknown || height_ == kUnknown) return "";
        char text[64];
        std::snprintf(text, sizeof text, " of %gx%g", static_cast<double>(width_), static_cast<double>(height_));
        return text;
    }

    static constexpr float kUnknown = std::numeric_limits<float>::infinity();
    BadBoxes bad_boxes_;
    float width_, height_, slack_;
    std::vector<octavo_box> boxes_;
    int clipped_ = 0, left_out_ = 0, foreign_ = 0;
    std::set<std::string> foreign_names_;
};

}  // namespace octavo
