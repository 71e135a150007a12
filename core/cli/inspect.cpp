// octavo inspect MODEL: what runs, operator by operator: shapes, precisions, weights and multiply-adds.
#include "core/base/pretty.h"
#include "core/base/text.h"
#include "core/cli/options.h"
#include "core/graph/flat.h"
#include "core/pipeline/stage_load.h"
#include "core/report/report.h"
#include "sdk/ops/op.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

namespace octavo::cli {
namespace {

namespace json = boost::json;

constexpr double kMega = 1e6;

struct Row {
    ReportOperator what;
    std::string type, shape;        // of the first output
    std::int64_t weight_bytes = 0;  // of the constants that it reads
};

json::array shape_json(const Tensor& tensor) {
    return json::array(tensor.shape.begin(), tensor.shape.end());
}

// In int8 a weight takes a byte a value; biases and everything else stay as they are.
std::int64_t weight_bytes(const Graph& graph, const Node& node, const ReportOperator& told) {
    const bool is_int8_product = told.precision == "int8" && told.multiply_adds > 0;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] == TensorId::none || !graph[node.inputs[i]].is_constant()) continue;
        const Tensor& constant = graph[node.inputs[i]];
        bytes += is_int8_product && i == 1 ? element_count(constant.shape) : static_cast<std::int64_t>(constant.data.size_bytes);
    }
    return bytes;
}

std::vector<Row> rows_of(const Graph& graph, const Plan& plan) {
    std::vector<Row> rows;
    std::vector<ReportOperator> operators = report_operators(graph, plan);
    for (std::size_t i = 0; i < operators.size(); ++i) {
        const Node& node = graph.nodes[i];
        const auto is_there = [](TensorId id) { return id != TensorId::none; };
        const Tensor& output = graph[*std::find_if(node.outputs.begin(), node.outputs.end(), is_there)];
        const std::int64_t bytes = weight_bytes(graph, node, operators[i]);
        rows.push_back({std::move(operators[i]), type_name(output.type), ops::shape_text(output.shape), bytes});
    }
    return rows;
}

struct Totals {
    std::int64_t parameters = 0, weight_bytes = 0, multiply_adds = 0;
};

Totals totals_of(const Graph& graph, const std::vector<Row>& rows) {
    Totals totals;
    for (const Tensor& tensor : graph.tensors)
        if (tensor.is_constant() && tensor.type == OCTAVO_F32) totals.parameters += element_count(tensor.shape);
    for (const Row& row : rows) {
        totals.weight_bytes += row.weight_bytes;
        totals.multiply_adds += row.what.multiply_adds;
    }
    return totals;
}

json::array ports_json(const Graph& graph, std::span<const TensorId> ids) {
    json::array ports;
    for (const TensorId id : ids)
        ports.push_back({{"name", graph[id].name}, {"type", type_name(graph[id].type)}, {"shape", shape_json(graph[id])}});
    return ports;
}

std::string json_text(const Graph& graph, const std::vector<Row>& rows, bool has_plan) {
    const Totals totals = totals_of(graph, rows);
    json::array operators;
    for (const Row& row : rows) {
        json::object one{{"name", row.what.name}, {"type", row.what.type}, {"output", row.type + " " + row.shape}};
        one["multiply_adds"] = row.what.multiply_adds;
        one["weight_bytes"] = row.weight_bytes;
        if (has_plan) one["precision"] = row.what.precision;
        if (has_plan) one["reason"] = row.what.reason;
        operators.push_back(std::move(one));
    }
    return pretty_json({{"graph", graph.name},
                        {"inputs", ports_json(graph, graph.inputs)},
                        {"outputs", ports_json(graph, graph.outputs)},
                        {"parameters", totals.parameters},
                        {"weight_bytes", totals.weight_bytes},
                        {"multiply_adds", totals.multiply_adds},
                        {"operators", operators}});
}

void print_text(const Graph& graph, const std::vector<Row>& rows, bool has_plan) {
    const auto print_ports = [&](const char* title, std::span<const TensorId> ids) {
        for (const TensorId id : ids)
            std::printf("%-9s %s %s %s\n", title, graph[id].name.c_str(), type_name(graph[id].type),
                        ops::shape_text(graph[id].shape).c_str());
    };
    print_ports("input", graph.inputs);
    print_ports("output", graph.outputs);
    std::printf("\n%-18s %-9s %-18s %12s %11s  %s\n", "operator", has_plan ? "precision" : "", "output", "mult-adds", "weights, kB",
                "name");
    std::map<std::string, std::int64_t> counts;
    for (const Row& row : rows) {
        ++counts[has_plan ? row.what.precision : row.what.type];
        std::printf("%-18s %-9s %-18s %12lld %11.1f  %s\n", row.what.type.c_str(), has_plan ? row.what.precision.c_str() : "",
                    row.shape.c_str(), static_cast<long long>(row.what.multiply_adds), static_cast<double>(row.weight_bytes) / 1e3,
                    row.what.name.c_str());
    }
    const Totals totals = totals_of(graph, rows);
    std::printf("\n%s:", counted(rows.size(), "operator").c_str());
    const char* separator = "";
    for (const auto& [what, count] : counts) {
        std::printf("%s %lld %s", separator, static_cast<long long>(count), what.c_str());
        separator = ",";
    }
    std::printf("\n%.2f million parameters, %.2f MB of weights, %.1f million multiply-adds\n",
                static_cast<double>(totals.parameters) / kMega, static_cast<double>(totals.weight_bytes) / kMega,
                static_cast<double>(totals.multiply_adds) / kMega);
}

}  // namespace

Result<void> inspect(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo inspect MODEL [options]";
    syntax.description =
        "Prints what runs: constants folded, batch norms, activations and residual additions fused into the operators before them.\n"
        "Shapes, multiply-adds and weights are those of one image.\n\n"
        "  octavo inspect model.onnx\n"
        "  octavo inspect model.onnx --plan runs/my/plan.json --json   (with the precision of each operator, and why)\n"
        "  octavo inspect model.onnx --graph                           (every tensor and attribute)";
    syntax.positional = {"model"};
    add_plan(syntax);
    syntax.flag("graph", "print the graph itself: constants, nodes with attributes, and names of the fused parts");
    syntax.flag("unfused", "before residual additions are fused: the graph that calibration runs");
    syntax.number("batch", "batch size for which shapes are shown");
    syntax.flag("json", "print JSON");
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    OCTAVO_CHECK_OK(check_least(parsed, "batch", 1));
    if (parsed.flag("unfused") && parsed.has("plan"))
        return Error(Code::config, "found --unfused with --plan: plans speak of the fused graph");
    OCTAVO_TRY(const Model model, load_model(*parsed.text("model")));
    OCTAVO_TRY(std::optional<Plan> plan, plan_of(parsed, model));
    if (parsed.flag("unfused")) plan.reset();
    const Graph& loaded = parsed.flag("unfused") ? model.calibration : model.executed;
    OCTAVO_TRY(const Graph graph, with_batch(loaded, parsed.number("batch").value_or(own_batch(loaded))));
    if (parsed.flag("graph")) {
        std::fputs(dump(graph).c_str(), stdout);
        return {};
    }
    const std::vector<Row> rows = rows_of(graph, plan.value_or(Plan()));
    if (parsed.flag("json"))
        std::fputs(json_text(graph, rows, plan.has_value()).c_str(), stdout);
    else
        print_text(graph, rows, plan.has_value());
    return {};
}

}  // namespace octavo::cli
