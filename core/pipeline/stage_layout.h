// Layout: which operators of the executed graph become int8 on a device, which tensors then need parameters, and which products (operators
// that multiply with constant weights) are int8. Depends on the graph and the device alone, so statistics can be asked for beforehand.
#pragma once

#include "core/pipeline/stage_load.h"
#include "core/plan/rules.h"
#include "core/plugins/handles.h"

#include <map>
#include <string>
#include <vector>

namespace octavo {

struct Layout {
    std::map<NodeId, OperatorPlan> precisions;
    std::vector<QuantizationPoint> points;
    std::vector<NodeId> products;  // int8 ones, in the order of nodes
};

Result<Layout> lay_out(const Model& model, const DeviceHandle& device, const IsIgnored& is_ignored = {});

// The tensors that carry a point's statistics, by name; the same names stand in the calibration graph.
std::vector<std::string> statistics_of(const Graph& graph, const QuantizationPoint& point);

}  // namespace octavo
