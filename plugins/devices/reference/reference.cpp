// The device plugin `reference`: the oracle for all others.
#include <octavo/device.h>

#include "interpreter.h"
#include "support.h"

namespace octavo::reference {

constexpr octavo_parameter kParameters[] = {octavo::string(
    "sums", "\"exact\"", "exact|saturating",
    "saturating: products are summed in pairs of 16 bits as other tools' int8 kernels do on CPUs without VNNI, to see on any "
    "CPU what that costs")};

class Reference : public Device {
public:
    explicit Reference(Sums sums) : sums_(sums) {}
    static Result<std::unique_ptr<Reference>> create(const Values& values) {
        return std::make_unique<Reference>(values.text("sums") == "exact" ? Sums::exact : Sums::saturating);
    }

    Result<void> can_run(const octavo_graph& graph, std::int32_t node, octavo_precision precision) const override {
        return reference::can_run({graph.nodes[node], {graph.tensors, static_cast<std::size_t>(graph.tensor_count)}}, precision);
    }

    Result<std::unique_ptr<Executable>> compile(const octavo_graph& graph, const octavo_plan* plan,
                                                const octavo_compile_options& options) const override {
        return Interpreter::compile(graph, plan, options, sums_);
    }

    const char* isa() const override { return "plain"; }

private:
    Sums sums_;
};

}  // namespace octavo::reference

OCTAVO_PLUGINS(octavo::describe<octavo::reference::Reference>("reference", "1.0.0",
                                                              "exact and slow: what every other device must agree with",
                                                              octavo::reference::kParameters))
