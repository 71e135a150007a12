// check_plan: names first, then numbers by themselves, then what operators need of them. The first thing that does not fit is the error.
#include "core/base/text.h"
#include "core/graph/product.h"
#include "core/plan/plan.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace octavo {
namespace {

Error misfit(const std::string& text) {
    return {Code::config, "plan: " + text};
}

class Checker {
public:
    Checker(const Plan& plan, const Graph& graph) : plan_(plan), graph_(graph) {
        for (std::size_t i = 0; i < graph.tensors.size(); ++i) ids_[graph.tensors[i].name] = static_cast<TensorId>(i);
        for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
            nodes_[graph.nodes[n].name] = n;
            const std::string inner = attribute_or(graph.nodes[n], "inner", std::string());
            if (!inner.empty()) inner_[inner] = n;
        }
    }

    Result<void> run() const {
        OCTAVO_CHECK_OK(same_structure());
        for (const auto& [name, tensor] : plan_.tensors) OCTAVO_CHECK_OK(check_tensor(name, tensor));
        for (const auto& [name, scales] : plan_.weight_scale) OCTAVO_CHECK_OK(check_weight(name, scales));
        for (const auto& [name, values] : plan_.replaced) OCTAVO_CHECK_OK(check_replaced(name, values));
        for (const auto& [name, plan] : plan_.operators)
            if (!nodes_.contains(name))
                return misfit("names an operator '" + name + "' that the graph lacks" + did_you_mean(name, keys(nodes_)));
        for (const Node& node : graph_.nodes)
            if (is_int8(plan_, node)) OCTAVO_CHECK_OK(check_int8(node));
        return {};
    }

private:
    Result<void> same_structure() const {
        const std::string own = graph_.imported.structure.empty() ? fingerprint(graph_).structure : graph_.imported.structure;
        if (plan_.graph_structure == own) return {};
        return misfit("was made for another graph (structure " + plan_.graph_structure + ", this one is " + own +
                      "), calibrate this model instead");
    }

    template <class Map>
    static std::vector<std::string> keys(const Map& map) {
        std::vector<std::string> names;
        for (const auto& [name, value] : map) names.emplace_back(name);
        return names;
    }

    static std::string title(const Node& node) { return node.op + " '" + node.name + "'"; }

    static Result<void> check_numbers(const std::string& place, const Quantization& quantization) {
        if (quantization.scale.size() != quantization.zero_point.size() || quantization.scale.empty())
            return misfit(place + " has " + counted(quantization.scale.size(), "scale") + " and " +
                          counted(quantization.zero_point.size(), "zero point"));
        OCTAVO_CHECK_OK(check_scales(place, quantization.scale));
        for (const std::int32_t zero_point : quantization.zero_point)
            if (zero_point < 0 || zero_point > 255)
                return misfit(place + " has zero point " + std::to_string(zero_point) + ", expected 0 to 255");
        return {};
    }

    static Result<void> check_scales(const std::string& place, const std::vector<float>& scales) {
        for (const float scale : scales)
            if (!std::isfinite(scale) || !(scale > 0) || !std::isfinite(1.0F / scale))
                return misfit(place + " has scale " + std::to_string(scale) + ", expected finite positive numbers");
        return {};
    }

    Result<void> check_tensor(const std::string& name, const TensorPlan& tensor) const {
        const std::string place = "tensor '" + name + "'";
        const auto found = ids_.find(name);
        if (found == ids_.end() && !inner_.contains(name))
            return misfit("names a " + place + " that the graph lacks" + did_you_mean(name, keys(ids_)));
        if (tensor.whole) {
            OCTAVO_CHECK_OK(check_numbers(place, *tensor.whole));
            if (tensor.whole->scale.size() != 1)
                return misfit(place + " has " + std::to_string(tensor.whole->scale.size()) +
                              " scales for all of its readers, expected one");
        }
        if (tensor.depthwise) OCTAVO_CHECK_OK(check_numbers(place, *tensor.depthwise));
        if (found == ids_.end())
            return tensor.depthwise ? misfit(place + " is inside an operator and has parameters by channel") : Result<void>();
        return check_activation(place, graph_[found->second], tensor);
    }

    Result<void> check_activation(const std::string& place, const Tensor& tensor, const TensorPlan& plan) const {
        if (tensor.is_constant() || tensor.type != OCTAVO_F32) return misfit(place + " is no activation of float type");
        if (!plan.depthwise) return {};
        const std::size_t count = plan.depthwise->scale.size();
        if (tensor.shape.size() < 2 || (count != 1 && static_cast<std::int64_t>(count) != tensor.shape[1]))
            return misfit(place + " has " + counted(plan.depthwise->scale.size(), "scale") + ", its shape is " +
                          ops::shape_text(tensor.shape));
        return {};
    }

    Result<void> check_weight(const std::string& name, const std::vector<float>& scales) const {
        const std::string place = "weight '" + name + "'";
        const auto found = ids_.find(name);
        if (found == ids_.end()) return misfit("names a " + place + " that the graph lacks" + did_you_mean(name, keys(ids_)));
        OCTAVO_CHECK_OK(check_scales(place, scales));
        bool read = false;
        for (const Node& node : graph_.nodes) {
            if (!is_product(node) || node.inputs[1] != found->second) continue;
            read = true;
            const std::int64_t channels = output_channels(node);
            if (scales.size() != 1 && static_cast<std::int64_t>(scales.size()) != channels)
                return misfit(place + " has " + counted(scales.size(), "scale") + ", " + title(node) + " has " +
                              counted(channels, "output channel"));
        }
        if (!read) return misfit(place + " is the weight of no operator");
        return {};
    }

    Result<void> check_replaced(const std::string& name, const std::vector<float>& values) const {
        const auto found = ids_.find(name);
        const std::string place = "replaced constant '" + name + "'";
        if (found == ids_.end()) return misfit("names a " + place + " that the graph lacks" + did_you_mean(name, keys(ids_)));
        const Tensor& tensor = graph_[found->second];
        if (!tensor.is_constant() || tensor.type != OCTAVO_F32) return misfit(place + " is no constant of float type in the graph");
        if (static_cast<std::int64_t>(values.size()) != element_count(tensor.shape))
            return misfit(place + " has " + counted(values.size(), "value") + ", expected " + ops::shape_text(tensor.shape));
        if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
            return misfit(place + " has values that are not finite");
        return {};
    }

    static bool is_product(const Node& node) {
        const ops::Row* row = ops::find(node.op);
        return row && row->role == ops::Role::product && node.inputs.size() > 1;
    }

    std::int64_t output_channels(const Node& node) const {
        const Shape& weight = graph_[node.inputs[1]].shape;
        if (weight.empty()) return 0;
        return channels_last(node) ? weight.back() : weight.front();
    }

    const TensorPlan& plan_of(TensorId id) const {
        static const TensorPlan none;
        const auto found = plan_.tensors.find(graph_[id].name);
        return found == plan_.tensors.end() ? none : found->second;
    }

    Result<void> check_int8(const Node& node) const {
        if (is_product(node) && (!graph_[node.inputs[1]].is_constant() || !plan_.weight_scale.contains(graph_[node.inputs[1]].name)))
            return misfit(title(node) + " is int8, but its weight '" + graph_[node.inputs[1]].name + "' has no scale");
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            const TensorId id = node.inputs[i];
            if (id == TensorId::none || graph_[id].is_constant() || graph_[id].type != OCTAVO_F32) continue;
            const TensorPlan& plan = plan_of(id);
            const bool depthwise = i == 0 && is_depthwise(graph_, node);
            if (plan.whole || (depthwise && plan.depthwise)) continue;
            if (plan.depthwise)
                return misfit("tensor '" + graph_[id].name + "' has parameters by channel, but " + title(node) +
                              ", which is no depthwise convolution, reads it in int8");
            return misfit(title(node) + " is int8, but its input '" + graph_[id].name + "' has no parameters");
        }
        return check_shared(node);
    }

    // An operator that passes values on must find them on one grid.
    Result<void> check_shared(const Node& node) const {
        const ops::Row* row = ops::find(node.op);
        if (!row || row->role != ops::Role::passes) return {};
        std::vector<TensorId> ids = node.inputs;
        ids.insert(ids.end(), node.outputs.begin(), node.outputs.end());
        TensorId first = TensorId::none;
        for (const TensorId id : ids) {
            if (id == TensorId::none || graph_[id].is_constant() || graph_[id].type != OCTAVO_F32 || !plan_of(id).whole) continue;
            if (first == TensorId::none) first = id;
            if (plan_of(first).whole != plan_of(id).whole)
                return misfit(title(node) + " is int8 and passes values on, but '" + graph_[first].name + "' and '" + graph_[id].name +
                              "' have different parameters");
        }
        return {};
    }

    const Plan& plan_;
    const Graph& graph_;
    std::map<std::string_view, TensorId> ids_;
    std::map<std::string_view, std::size_t> nodes_;
    std::map<std::string, std::size_t> inner_;
};

}  // namespace

Result<void> check_plan(const Plan& plan, const Graph& graph) {
    return Checker(plan, graph).run();
}

}  // namespace octavo
