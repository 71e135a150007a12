// Unary operators seen as activations: the table that says which operator is which activation, and where its numbers stand.
#include <array>
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

namespace {

struct ActivationRow {
    std::string_view op;
    ActivationKind kind;
    const char* alpha = nullptr;  // names of attributes; Clip's may be inputs 1 and 2 instead
    float alpha_fallback = 0;
    const char* beta = nullptr;
    float beta_fallback = 0;
};

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr std::array<ActivationRow, 8> kRows = {{{"Relu", ActivationKind::relu},
                                                 {"Clip", ActivationKind::clip, "min", -kLargest, "max", kLargest},
                                                 {"LeakyRelu", ActivationKind::leaky_relu, "alpha", 0.01F},
                                                 {"HardSigmoid", ActivationKind::hard_sigmoid, "alpha", 0.2F, "beta", 0.5F},
                                                 {"HardSwish", ActivationKind::hard_swish},
                                                 {"Sigmoid", ActivationKind::sigmoid},
                                                 {"Silu", ActivationKind::silu},
                                                 {"Gelu", ActivationKind::gelu}}};

}  // namespace

std::optional<Activation> as_activation(const NodeView& node) {
    for (const ActivationRow& row : kRows) {
        if (row.op != node.op() || node.input(0).type != OCTAVO_F32) continue;
        if (row.kind == ActivationKind::gelu && node.text("approximate", "none") != "none") continue;
        Activation activation{row.kind, 0, 0};
        if (row.alpha) {
            const Result<float> alpha = constant_real(node, 1, row.alpha, row.alpha_fallback);
            if (!alpha) return std::nullopt;
            activation.alpha = *alpha;
        }
        if (row.beta) {
            const Result<float> beta = constant_real(node, 2, row.beta, row.beta_fallback);
            if (!beta) return std::nullopt;
            activation.beta = *beta;
        }
        // ONNX lets the maximum win where it is below the minimum; as an activation there is no such case.
        if (row.kind == ActivationKind::clip && activation.alpha > activation.beta) return std::nullopt;
        return activation;
    }
    return std::nullopt;
}

}  // namespace octavo::ops
