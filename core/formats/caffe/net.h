// A .prototxt as a network: the layers that run when it is used, in the file's order, in one form whatever year the file is from. Inputs
// that stand at the top of the file are layers like others. What belongs to training alone, and losses and measures at the ends, are left
// out.
#pragma once

#include "core/formats/caffe/text_format.h"

#include <memory>

namespace octavo::caffe {

struct Layer {
    std::string name;
    std::string type;  // as the file says it: "InnerProduct", in old files "INNER_PRODUCT"
    std::vector<std::string> bottoms, tops;
    const Field* fields = nullptr;  // of `Net::document`
    bool is_input = false;
    std::vector<std::vector<std::int64_t>> shapes;  // of inputs: one a top, one for all, or none where the file does not say it

    std::string title() const { return type + " '" + name + "'"; }
};

struct Net {
    std::shared_ptr<const Field> document;
    std::string name;
    std::vector<Layer> layers;
};

// Error: Code::model with line or layer and reason. `prototxt` must outlive the net.
Result<Net> parse_net(std::string_view prototxt);

// Whether a file's type is the known one in the spelling of any year: case and underscores do not count.
bool is_type(std::string_view type, std::string_view known);

}  // namespace octavo::caffe
