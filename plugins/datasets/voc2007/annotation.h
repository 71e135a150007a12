// One XML file of a VOC tree as boxes. Of an object only name, box and difficult are read, and difficult may be missing; of the file
// besides only the image's size, which may be missing too.
#pragma once

#include <octavo/annotated_boxes.h>

#include <string>
#include <vector>

namespace octavo {

struct AnnotationRules {
    std::vector<std::string> classes;  // a box's label is the index
    bool skip_unknown = false;         // classes
    BadBoxes bad_boxes = BadBoxes::error;
};

// Errors (Code::data) name file and line.
Result<AnnotatedBoxes> read_annotation(const std::string& path, const AnnotationRules& rules);

}  // namespace octavo
