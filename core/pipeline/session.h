// Session: a compiled graph with the buffers of its outputs, so that running it is one call and nothing is allocated in between.
#pragma once

#include "core/graph/graph.h"
#include "core/plan/plan.h"
#include "core/plugins/handles.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace octavo {

// One tensor of the model's border.
struct Port {
    std::string name;
    octavo_type type = OCTAVO_F32;
    Shape shape;  // batch filled in

    std::size_t size_bytes() const;
};

std::vector<Port> ports_of(const Graph& graph, std::span<const TensorId> tensors);

// Copies the first `rows` rows of axis 0 into dense order; those that the view does not have are zero. The view holds f32.
void copy_rows(const octavo_tensor& view, std::int64_t rows, std::vector<float>& out);

class Session {
public:
    Session() = default;
    Session(Session&&) = default;
    Session& operator=(Session&&) = default;
    Session(const Session&) = delete;  // views point into the buffers
    Session& operator=(const Session&) = delete;

    // `graph` has its shapes filled in; plan may be nullptr. Taps are tensors by name; each must be there, and of f32.
    static Result<Session> compile(const DeviceHandle& device, const Graph& graph, const Plan* plan, CompileOptions options,
                                   std::span<const std::string> taps = {});

    // Inputs are dense buffers in the order of the graph's inputs.
    Result<void> run(std::span<const std::vector<std::byte>> inputs, const ExecutableHandle::Tap& tap = {});

    const std::vector<Port>& inputs() const { return inputs_; }
    const std::vector<Port>& outputs() const { return outputs_; }
    // Their shapes may be smaller than the ports' after a run, where a model computes how much it finds (NonMaxSuppression).
    std::span<const octavo_tensor> output_views() const { return output_views_; }
    // The same with their names, as adapters take them.
    std::vector<octavo_output> named_outputs() const;
    // [i] is the graph's index of tap i.
    const std::vector<std::int32_t>& taps() const { return taps_; }
    const ExecutableHandle& executable() const { return executable_; }

private:
    ExecutableHandle executable_;
    std::vector<Port> inputs_, outputs_;
    std::vector<std::vector<std::byte>> buffers_;
    std::vector<octavo_tensor> output_views_;
    std::vector<std::int32_t> taps_;
};

}  // namespace octavo
