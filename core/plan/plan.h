// Plan: the decision how a graph is quantized. Parameters per tensor, precision and reason per operator, scales and replacements per
// constant; keyed by names, apart from the model. `check` says whether a plan fits a graph, `FlatPlan` what it means for a device.
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace octavo {

// u8 parameters: real = scale * (q - zero_point); one entry, or one a channel.
struct Quantization {
    std::vector<float> scale;
    std::vector<std::int32_t> zero_point;

    bool operator==(const Quantization&) const = default;
};

struct TensorPlan {
    std::optional<Quantization> whole;      // one scale: read by everything but depthwise convolutions
    std::optional<Quantization> depthwise;  // read by depthwise convolutions: one scale a channel

    bool operator==(const TensorPlan&) const = default;
};

enum class Precision { fp32 = OCTAVO_FP32, bf16 = OCTAVO_BF16, int8 = OCTAVO_INT8 };

// Why an operator has its precision; the texts stand in plan_json.cpp and reach the report.
enum class Reason { default_int8, no_int8_kernel, feeds_no_int8, accuracy, noise, speed, ignored, unsupported_weights };

struct OperatorPlan {
    Precision precision = Precision::fp32;
    Reason reason = Reason::feeds_no_int8;

    bool operator==(const OperatorPlan&) const = default;
};

// What a residual is added to: the sum of a convolution on the grid that the plan has for it, as runtimes of ONNX do, or the real one, as
// OpenVINO does although its models have that grid (decisions/0005).
enum class ResidualSums { rounded, real };

struct Plan {
    std::string graph_structure;  // Fingerprint of the imported graph
    std::string graph_constants;
    std::vector<std::string> algorithm;
    std::string objective;
    std::string isa;
    ResidualSums residual_sums = ResidualSums::rounded;
    std::map<std::string, TensorPlan> tensors;               // activations, by tensor name (fused-away "inner" tensors too)
    std::map<std::string, std::vector<float>> weight_scale;  // by name of the constant: one, or one an output channel
    std::map<std::string, std::vector<float>> replaced;      // constants that an algorithm changed (biases)
    std::map<std::string, OperatorPlan> operators;           // by node name

    bool operator==(const Plan&) const = default;
};

const char* precision_text(Precision precision);  // "int8"
const char* reason_text(Reason reason);           // "feeds no int8 operator"

// plan.json and its delta file (plan.delta.bin: replaced constants; absent where there are none). NAME.json has NAME.delta.bin beside it.
std::string to_json(const Plan& plan);
Result<void> save_plan(const Plan& plan, const std::string& path);
Result<Plan> load_plan(const std::string& path);

// Errors (Code::config) name tensor or operator and what does not fit: another graph's structure, unknown names, scales that are not
// finite and positive, per-channel parameters with a reader that is no depthwise convolution, an int8 operator whose input has none.
Result<void> check_plan(const Plan& plan, const Graph& graph);

// The plan as plugins see it; must not outlive plan and graph.
class FlatPlan {
public:
    FlatPlan(const Plan& plan, const Graph& graph);
    FlatPlan(const FlatPlan&) = delete;
    FlatPlan& operator=(const FlatPlan&) = delete;
    const octavo_plan& view() const { return view_; }

private:
    std::vector<octavo_quantization> whole_, depthwise_, weights_, inner_;
    std::vector<std::vector<std::int32_t>> weight_zero_points_;
    std::vector<const void*> replaced_;
    std::vector<std::int32_t> precision_;
    octavo_plan view_{};
};

bool is_depthwise(const Graph& graph, const Node& node);
// Operators that the plan does not name are in fp32.
Precision precision_of(const Plan& plan, const Node& node);
bool is_int8(const Plan& plan, const Node& node);
std::size_t count_int8(const Plan& plan, const Graph& graph);

}  // namespace octavo
