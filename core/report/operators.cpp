// What of a network runs in int8, counted in operators and in multiply-adds.
#include "core/report/report.h"

namespace octavo {
std::int64_t multiply_adds(const Graph& graph, const Node& node) {
    if (node.inputs.size() < 2 || node.outputs.empty() || node.inputs[1] == TensorId::none) return 0;
    const std::int64_t outputs = element_count(graph[node.outputs[0]].shape);
    const Shape& weight = graph[node.inputs[1]].shape;
    if (node.op == "Conv" && weight.size() > 1 && weight[0] > 0) return outputs * (element_count(weight) / weight[0]);
    if (node.op == "Gemm" && weight.size() == 2) return outputs * weight[attribute_or<std::int64_t>(node, "transB", 0) != 0 ? 1 : 0];
    if (node.op == "MatMul" && weight.size() > 1) return outputs * weight[weight.size() - 2];
    return 0;
}

std::vector<ReportOperator> report_operators(const Graph& graph, const Plan& plan) {
    std::vector<ReportOperator> operators;
    for (const Node& node : graph.nodes) {
        const auto found = plan.operators.find(node.name);
        const OperatorPlan decided = found == plan.operators.end() ? OperatorPlan() : found->second;
        operators.push_back(
            {node.name, node.op, precision_text(decided.precision), reason_text(decided.reason), multiply_adds(graph, node)});
    }
    return operators;
}

Int8Share int8_share(const std::vector<ReportOperator>& operators) {
    std::int64_t all = 0, int8 = 0, count = 0;
    for (const ReportOperator& one : operators) {
        const bool is_int8 = one.precision == "int8";
        all += one.multiply_adds;
        int8 += is_int8 ? one.multiply_adds : 0;
        count += is_int8 ? 1 : 0;
    }
    const auto share = [](std::int64_t part, std::int64_t whole) {
        return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
    };
    return {share(count, static_cast<std::int64_t>(operators.size())), share(int8, all)};
}

}  // namespace octavo
