// Operators that came from OpenVINO and go back there as they are.
#include "core/formats/openvino/operator_rows.h"

namespace octavo::openvino {
namespace {

std::string number(const Job& job, const char* name, std::int64_t fallback) {
    return std::to_string(attribute_or(job.node, name, fallback));
}

std::string flag(const Job& job, const char* name, std::int64_t fallback = 0) {
    return attribute_or(job.node, name, fallback) != 0 ? "true" : "false";
}

std::string real(const Job& job, const char* name) {
    return text_of(attribute_or(job.node, name, 0.0F));
}

std::string reals(const Job& job, const char* name) {
    std::string text;
    for (const float value : attribute_or(job.node, name, std::vector<float>())) text += (text.empty() ? "" : ",") + text_of(value);
    return text;
}

}  // namespace

Result<Values> write_fake_quantize(Job& job, const LayerType& layer) {
    const Data data = {{"levels", number(job, "levels", 256)}, {"auto_broadcast", "numpy"}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

Result<Values> write_clustered_priors(Job& job, const LayerType& layer) {
    const Data data = {{"width", reals(job, "width")},  {"height", reals(job, "height")}, {"variance", reals(job, "variance")},
                       {"step", real(job, "step")},     {"step_w", real(job, "step_w")},  {"step_h", real(job, "step_h")},
                       {"offset", real(job, "offset")}, {"clip", flag(job, "clip")}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

Result<Values> write_priors(Job& job, const LayerType& layer) {
    Data data = {{"step", real(job, "step")},
                 {"offset", real(job, "offset")},
                 {"clip", flag(job, "clip")},
                 {"flip", flag(job, "flip")},
                 {"scale_all_sizes", flag(job, "scale_all_sizes", 1)},
                 {"min_max_aspect_ratios_order", flag(job, "min_max_aspect_ratios_order", 1)}};
    for (const char* name : {"min_size", "max_size", "aspect_ratio", "density", "fixed_ratio", "fixed_size", "variance"})
        data.emplace_back(name, reals(job, name));
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

Result<Values> write_detection_output(Job& job, const LayerType& layer) {
    const Data data = {{"background_label_id", number(job, "background_label_id", 0)},
                       {"top_k", number(job, "top_k", -1)},
                       {"keep_top_k", text_of(attribute_or(job.node, "keep_top_k", std::vector<std::int64_t>()))},
                       {"code_type", "caffe.PriorBoxParameter." + attribute_or(job.node, "code_type", std::string("CORNER"))},
                       {"share_location", flag(job, "share_location", 1)},
                       {"variance_encoded_in_target", flag(job, "variance_encoded_in_target")},
                       {"nms_threshold", real(job, "nms_threshold")},
                       {"confidence_threshold", real(job, "confidence_threshold")},
                       {"clip_before_nms", flag(job, "clip_before_nms")},
                       {"clip_after_nms", flag(job, "clip_after_nms")},
                       {"decrease_label_id", "false"},
                       {"normalized", flag(job, "normalized")},
                       {"input_width", number(job, "input_width", 1)},
                       {"input_height", number(job, "input_height", 1)},
                       {"objectness_score", "0"}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

}  // namespace octavo::openvino
