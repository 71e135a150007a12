// The forms that models come in, one row each, told apart by the file's name. Everything that no row claims is taken for ONNX. What a file
// says of a quantization stands in its graph as FakeQuantize nodes, or beside it as statistics; core/formats/grids turns both into a plan.
#pragma once

#include "core/formats/grids/seen_ranges.h"
#include "core/formats/onnx/reader.h"
#include "core/plan/plan.h"

#include <string>

namespace octavo {

// An OpenVINO IR by its name: .xml, with a .bin beside it.
bool is_ir(const std::string& path);

// The forms that models are written in; what else is read is written as ONNX.
enum class ModelForm { onnx, openvino };
ModelForm form_of(const std::string& path);

// What the runtimes of a form add residuals to (decisions/0005).
ResidualSums residual_sums_in(ModelForm form);

// Whether the file's name is one of a model, that is, not whether the file is one.
bool has_name_of_model(const std::string& path);

// The graph as the file says it, without passes. `given` as for read_onnx. Error: Code::config where there is no file.
Result<Graph> read_model(const std::string& path, const InputValues& given = {});

// Empty where the file has none.
Result<SeenRanges> read_seen_ranges(const std::string& path);

// Names and types of what goes in and comes out, before anything is widened.
Result<Border> read_border(const std::string& path);

}  // namespace octavo
