// The device plugin `reference`: the oracle for all others. It has no parameters.
#include <octavo/device.h>

#include "interpreter.h"
#include "support.h"

namespace octavo::reference {

class Reference : public Device {
public:
    static Result<std::unique_ptr<Reference>> create(const Values&) { return std::make_unique<Reference>(); }

    Result<void> can_run(const octavo_graph& graph, std::int32_t node, octavo_precision precision) const override {
        return reference::can_run({graph.nodes[node], {graph.tensors, static_cast<std::size_t>(graph.tensor_count)}}, precision);
    }

    Result<std::unique_ptr<Executable>> compile(const octavo_graph& graph, const octavo_plan* plan,
                                                const octavo_compile_options& options) const override {
        return Interpreter::compile(graph, plan, options);
    }

    const char* isa() const override { return "plain"; }
};

}  // namespace octavo::reference

OCTAVO_PLUGINS(octavo::describe<octavo::reference::Reference>("reference", "1.0.0",
                                                              "exact and slow: what every other device must agree with", {}))
