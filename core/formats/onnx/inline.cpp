// Tensors of what is made part of the model keep their names where nothing has them yet, else get that of the node in front.
#include "core/formats/onnx/inline.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace octavo::onnx {
namespace {

constexpr std::size_t kMostNodes = 200'000;  // of a model with all of its functions
constexpr int kMostCalls = 64;               // within each other
constexpr int kMostBranches = 1000;          // each condition is computed for itself

using Names = std::map<std::string_view, std::string_view>;  // within: outside

void rename(std::vector<NodeProto>& nodes, const Names& names);

GraphProto renamed(GraphProto graph, const Names& names) {
    rename(graph.nodes, names);
    for (ValueInfo& output : graph.outputs)
        if (const auto found = names.find(output.name); found != names.end()) output.name = found->second;
    return graph;
}

// Branches read what lies around them by name.
void rename(std::vector<NodeProto>& nodes, const Names& names) {
    const auto change = [&](std::string_view& name) {
        if (const auto found = names.find(name); found != names.end()) name = found->second;
    };
    for (NodeProto& node : nodes) {
        for (auto* list : {&node.inputs, &node.outputs}) std::for_each(list->begin(), list->end(), change);
        for (AttributeProto& attribute : node.attributes)
            if (attribute.graph) attribute.graph = std::make_shared<GraphProto>(renamed(*attribute.graph, names));
    }
}

class Inliner {
public:
    explicit Inliner(ModelProto& model) : model_(model) {
        if (!model_.made_names) model_.made_names = std::make_shared<std::deque<std::string>>();
        for (const ValueInfo& input : model_.inputs) taken_.insert(input.name);
        for (const TensorProto& initializer : model_.initializers) taken_.insert(initializer.name);
        for (const NodeProto& node : model_.nodes) taken_.insert(node.outputs.begin(), node.outputs.end());
        for (const FunctionProto& function : model_.functions)
            functions_.emplace(std::tuple(function.domain, function.name, function.overload), &function);
    }

    Result<void> expand_calls(const std::vector<NodeProto>& nodes, int depth) {
        for (const NodeProto& node : nodes) {
            if (made_.size() >= kMostNodes) return Error(Code::model, "its functions make more nodes of it than any network has");
            const FunctionProto* function = function_of(node);
            if (!function) {
                made_.push_back(node);
                continue;
            }
            if (depth >= kMostCalls) return Error(Code::model, "function '" + std::string(function->name) + "' calls itself");
            OCTAVO_CHECK_OK(check_opset(*function));
            OCTAVO_CHECK_OK(expand_calls(body_of(*function, node), depth + 1));
        }
        return {};
    }

    void expand_branches(const Decide& decide) {
        for (std::size_t i = 0; i < model_.nodes.size() && model_.nodes.size() < kMostNodes;) {
            const std::optional<bool> chosen = choice_of(model_.nodes[i], decide);
            const GraphProto* branch = chosen ? branch_of(model_.nodes[i], *chosen ? "then_branch" : "else_branch") : nullptr;
            if (!branch || branch->outputs.size() < model_.nodes[i].outputs.size()) {
                ++i;
                continue;
            }
            const std::vector<NodeProto> nodes = nodes_of(*branch, model_.nodes[i]);
            const auto at = model_.nodes.begin() + static_cast<std::ptrdiff_t>(i);
            model_.nodes.insert(model_.nodes.erase(at), nodes.begin(), nodes.end());
        }
    }

    void finish() { model_.nodes = std::move(made_); }

private:
    static std::string title(const NodeProto& node) { return std::string(node.name.empty() ? node.op : node.name); }
    std::string_view keep(std::string text) { return model_.made_names->emplace_back(std::move(text)); }

    // A name for a tensor of `node`'s inside.
    std::string_view name_for(std::string_view inner, const NodeProto& node) {
        if (taken_.insert(inner).second) return inner;
        const std::string wish = title(node) + "/" + std::string(inner);
        std::string name = wish;
        for (int number = 2; taken_.contains(name); ++number) name = wish + "." + std::to_string(number);
        return *taken_.insert(keep(name)).first;
    }

    // ---- functions

    const FunctionProto* function_of(const NodeProto& node) const {
        const auto found = functions_.find({node.domain, node.op, node.overload});
        return found == functions_.end() ? nullptr : found->second;
    }

    static std::int64_t standard_opset(const Opsets& opsets, std::int64_t fallback) {
        for (const auto& [domain, version] : opsets)
            if (is_standard(domain)) return version;
        return fallback;
    }

    // Forms that mean something else are those before 13.
    Result<void> check_opset(const FunctionProto& function) const {
        const std::int64_t whole = standard_opset(model_.opsets, 0), own = standard_opset(function.opsets, whole);
        if (own == whole || (own >= 13 && whole >= 13)) return {};
        return Error(Code::model, "function '" + std::string(function.name) + "' is of opset " + std::to_string(own) + ", the model of " +
                                      std::to_string(whole) + ": convert the model with onnx.inliner");
    }

    std::vector<NodeProto> body_of(const FunctionProto& function, const NodeProto& call) {
        Names names;
        for (std::size_t i = 0; i < function.inputs.size(); ++i)
            names[function.inputs[i]] = i < call.inputs.size() ? call.inputs[i] : std::string_view();
        // An output that is an input handed on keeps its name, and an Identity follows.
        std::vector<std::pair<std::string_view, std::string_view>> handed_on;
        for (std::size_t i = 0; i < std::min(function.outputs.size(), call.outputs.size()); ++i) {
            if (call.outputs[i].empty()) continue;
            const auto [known, is_new] = names.emplace(function.outputs[i], call.outputs[i]);
            if (!is_new) handed_on.emplace_back(known->second, call.outputs[i]);
        }
        std::vector<NodeProto> nodes = function.nodes;
        for (NodeProto& node : nodes) {
            for (const std::string_view output : node.outputs)
                if (!output.empty() && !names.contains(output)) names[output] = name_for(output, call);
            node.attributes = attributes_of(node, function, call);
            node.name = keep(title(call) + "/" + title(node));
        }
        rename(nodes, names);
        for (const auto& [from, to] : handed_on) nodes.push_back(identity(from, to, call));
        return nodes;
    }

    // Those of the call in place of references to them, else the function's own, else none.
    static std::vector<AttributeProto> attributes_of(const NodeProto& node, const FunctionProto& function, const NodeProto& call) {
        std::vector<AttributeProto> attributes;
        for (const AttributeProto& attribute : node.attributes) {
            if (attribute.reference.empty()) {
                attributes.push_back(attribute);
                continue;
            }
            for (const auto* list : {&call.attributes, &function.defaults}) {
                const auto found = std::find_if(list->begin(), list->end(),
                                                [&](const AttributeProto& given) { return given.name == attribute.reference; });
                if (found == list->end()) continue;
                attributes.push_back(*found);
                attributes.back().name = attribute.name;
                break;
            }
        }
        return attributes;
    }

    static NodeProto identity(std::string_view from, std::string_view to, const NodeProto& node) {
        NodeProto made;
        made.name = node.name;
        made.op = "Identity";
        made.inputs = {from};
        made.outputs = {to};
        return made;
    }

    // ---- branches

    std::optional<bool> choice_of(const NodeProto& node, const Decide& decide) {
        if (node.op != "If" || !is_standard(node.domain) || node.inputs.size() != 1) return std::nullopt;
        if (++decided_ > kMostBranches) return std::nullopt;
        return decide(model_, node.inputs[0]);
    }

    static const GraphProto* branch_of(const NodeProto& node, std::string_view name) {
        const auto found = std::find_if(node.attributes.begin(), node.attributes.end(),
                                        [&](const AttributeProto& attribute) { return attribute.name == name; });
        return found == node.attributes.end() ? nullptr : found->graph.get();
    }

    // The branch's initializers become the model's.
    std::vector<NodeProto> nodes_of(const GraphProto& branch, const NodeProto& node) {
        Names names;
        for (const TensorProto& initializer : branch.initializers) names[initializer.name] = name_for(initializer.name, node);
        std::set<std::string_view> computed;
        for (const NodeProto& inner : branch.nodes) computed.insert(inner.outputs.begin(), inner.outputs.end());
        std::vector<NodeProto> nodes = branch.nodes, behind;
        for (std::size_t i = 0; i < node.outputs.size(); ++i) {
            const std::string_view inner = branch.outputs[i].name;
            if (node.outputs[i].empty() || (computed.contains(inner) && names.emplace(inner, node.outputs[i]).second)) continue;
            const auto known = names.find(inner);  // or it is one of the model around
            behind.push_back(identity(known == names.end() ? inner : known->second, node.outputs[i], node));
        }
        for (const std::string_view output : computed)
            if (!output.empty() && !names.contains(output)) names[output] = name_for(output, node);
        rename(nodes, names);
        nodes.insert(nodes.end(), behind.begin(), behind.end());
        for (TensorProto initializer : branch.initializers) {
            initializer.name = names[initializer.name];
            model_.initializers.push_back(std::move(initializer));
        }
        model_.has_sparse_initializer = model_.has_sparse_initializer || branch.has_sparse_initializer;
        return nodes;
    }

    ModelProto& model_;
    std::set<std::string_view> taken_;
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, const FunctionProto*> functions_;
    std::vector<NodeProto> made_;
    int decided_ = 0;
};

}  // namespace

Result<void> inline_functions(ModelProto& model) {
    if (model.functions.empty()) return {};
    Inliner inliner(model);
    OCTAVO_CHECK_OK(inliner.expand_calls(model.nodes, 0));
    inliner.finish();
    model.functions.clear();
    return {};
}

void inline_branches(ModelProto& model, const Decide& decide) {
    if (std::none_of(model.nodes.begin(), model.nodes.end(), [](const NodeProto& node) { return node.op == "If"; })) return;
    Inliner(model).expand_branches(decide);
}

ModelProto part_of(const ModelProto& model, std::string_view tensor) {
    std::map<std::string_view, std::size_t> maker;
    for (std::size_t i = 0; i < model.nodes.size(); ++i)
        for (const std::string_view output : model.nodes[i].outputs) maker[output] = i;
    std::vector<bool> needed(model.nodes.size(), false);
    std::set<std::string_view> read;
    std::vector<std::string_view> open = {tensor};
    while (!open.empty()) {
        const std::string_view name = open.back();
        open.pop_back();
        const auto found = maker.find(name);
        if (!read.insert(name).second || found == maker.end() || needed[found->second]) continue;
        needed[found->second] = true;
        const std::vector<std::string_view>& inputs = model.nodes[found->second].inputs;
        open.insert(open.end(), inputs.begin(), inputs.end());
    }
    ModelProto part;
    part.has_graph = true;
    part.opsets = model.opsets;
    part.inputs = model.inputs;
    part.made_names = model.made_names;
    for (std::size_t i = 0; i < needed.size(); ++i)
        if (needed[i]) part.nodes.push_back(model.nodes[i]);
    for (const TensorProto& initializer : model.initializers)
        if (read.contains(initializer.name)) part.initializers.push_back(initializer);
    part.outputs.emplace_back().name = tensor;
    return part;
}

}  // namespace octavo::onnx
