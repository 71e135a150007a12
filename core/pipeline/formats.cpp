// A table of readers.
#include "core/pipeline/formats.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/formats/caffe/reader.h"
#include "core/formats/openvino/ir_statistics.h"
#include "core/formats/openvino/reader.h"
#include "core/formats/tflite/reader.h"

#include <algorithm>

namespace octavo {
namespace {

struct Format {
    std::string_view extension;
    Result<Graph> (*read)(const std::string& path, const InputValues& given);
    Result<SeenRanges> (*statistics)(const std::string& path) = nullptr;  // of forms that have such a thing
};

constexpr std::string_view kIr = ".xml", kOnnx = ".onnx";
constexpr const char* kForms =
    "ONNX (.onnx), OpenVINO IR (.xml beside .bin), Caffe (.prototxt beside .caffemodel) or TensorFlow Lite (.tflite)";

const Format kFormats[] = {
    {kIr, read_ir, read_ir_statistics},
    {".prototxt", read_caffe},
    {".caffemodel", read_caffe},
    {".tflite", read_tflite},
};

const Format* format_of(const std::string& path) {
    const auto row = std::find_if(std::begin(kFormats), std::end(kFormats),
                                  [&](const Format& format) { return ends_with_ignoring_case(path, format.extension); });
    return row == std::end(kFormats) ? nullptr : row;
}

// Where no row claims the file it may be anything.
Error told_forms(const std::string& path, const Error& error) {
    if (is_onnx(path)) return error;
    return Error(error.code(), error.message() + "; expected a model: " + kForms);
}

// Of readers that say it in the graph: they have widened every float.
Border border_of(const Graph& graph) {
    constexpr std::pair<octavo_type, const char*> kNames[] = {{OCTAVO_F32, "float32"}, {OCTAVO_S64, "int64"}, {OCTAVO_S32, "int32"},
                                                              {OCTAVO_U8, "uint8"},    {OCTAVO_S8, "int8"},   {OCTAVO_BOOLEAN, "bool"}};
    const auto told = [&](TensorId id) {
        const auto row =
            std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& known) { return known.first == graph[id].type; });
        return BorderTensor{graph[id].name, row->second};
    };
    Border border;
    for (const TensorId id : graph.inputs) border.inputs.push_back(told(id));
    for (const TensorId id : graph.outputs) border.outputs.push_back(told(id));
    return border;
}

}  // namespace

bool is_ir(const std::string& path) {
    return ends_with_ignoring_case(path, kIr);
}

ModelForm form_of(const std::string& path) {
    return is_ir(path) ? ModelForm::openvino : ModelForm::onnx;
}

ResidualSums residual_sums_in(ModelForm form) {
    return form == ModelForm::openvino ? ResidualSums::real : ResidualSums::rounded;
}

bool has_name_of_model(const std::string& path) {
    return format_of(path) || ends_with_ignoring_case(path, kOnnx);
}

Result<Graph> read_model(const std::string& path, const InputValues& given) {
    OCTAVO_CHECK_OK(check_is_file(path, "a model"));
    const Format* const format = format_of(path);
    if (format) return format->read(path, given);
    Result<Graph> graph = read_onnx(path, given);
    return graph ? std::move(graph) : told_forms(path, graph.error());
}

Result<SeenRanges> read_seen_ranges(const std::string& path) {
    const Format* const format = format_of(path);
    return format && format->statistics ? format->statistics(path) : SeenRanges();
}

Result<Border> read_border(const std::string& path) {
    OCTAVO_CHECK_OK(check_is_file(path, "a model"));
    const Format* const format = format_of(path);
    if (!format) {
        Result<Border> border = read_onnx_border(path);
        return border ? std::move(border) : told_forms(path, border.error());
    }
    OCTAVO_TRY(const Graph graph, format->read(path, {}));
    return border_of(graph);
}

}  // namespace octavo
