// The instances file of a COCO data set: images in the order of the file, each with its boxes, and the names of the classes.
#pragma once

#include <octavo/annotated_boxes.h>

#include <string>
#include <vector>

namespace octavo {

struct CocoImage {
    std::string name;  // of its file
    std::vector<octavo_box> boxes;
    std::string note;
};

struct CocoAnnotations {
    std::vector<CocoImage> images;
    std::vector<std::string> classes;
};

// `classes`: names of the categories that are wanted, in the order of their indices; empty: all, in the order of their ids. Errors name the
// file and a place in it, and are Code::data, or Code::config for a class that no category has.
Result<CocoAnnotations> read_coco(const std::string& path, const std::vector<std::string>& classes, BadBoxes bad_boxes);

}  // namespace octavo
