// Arrays are matched to inputs by name; types and shapes must be those that the compiled graph has.
#include "core/pipeline/stage_infer.h"

#include "core/graph/flat.h"
#include "sdk/ops/op.h"

namespace octavo {
namespace {

// Copied into words, so that every type is aligned.
Buffer aligned(const std::vector<std::byte>& bytes) {
    std::vector<std::int64_t> words(bytes.size() / sizeof(std::int64_t) + 1);
    std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(words)).begin());
    Buffer buffer = make_buffer(std::move(words));
    buffer.size_bytes = bytes.size();
    return buffer;
}

}  // namespace

InputValues input_values(const Arrays& arrays) {
    InputValues values;
    for (const auto& [name, array] : arrays) values[name] = {name, array.type, array.shape, aligned(array.bytes), false};
    return values;
}

std::int64_t batch_size(const Arrays& arrays, const Graph& graph) {
    for (const TensorId id : graph.inputs) {
        const auto found = arrays.find(graph[id].name);
        const bool says = graph[id].free_batch && found != arrays.end() && !found->second.shape.empty();
        if (says && found->second.shape.size() == graph[id].shape.size()) return found->second.shape[0];
    }
    const bool is_fixed = !graph.inputs.empty() && !graph[graph.inputs[0]].free_batch && !graph[graph.inputs[0]].shape.empty();
    return is_fixed ? std::max<std::int64_t>(1, graph[graph.inputs[0]].shape[0]) : 1;
}

Result<std::vector<std::vector<std::byte>>> input_bytes(const Arrays& arrays, const std::vector<Port>& ports) {
    std::vector<std::vector<std::byte>> inputs;
    for (const Port& port : ports) {
        const auto found = arrays.find(port.name);
        if (found == arrays.end()) return Error(Code::config, "input '" + port.name + "': expected --input " + port.name + "=FILE.npy");
        const Array& array = found->second;
        if (array.type != port.type || array.shape != port.shape)
            return Error(Code::data, (array.file.empty() ? "" : array.file + ": ") + "input '" + port.name + "': found " +
                                         type_name(array.type) + " " + ops::shape_text(array.shape) + ", expected " + type_name(port.type) +
                                         " " + ops::shape_text(port.shape));
        inputs.push_back(array.bytes);
    }
    return inputs;
}

Arrays output_arrays(const Session& session) {
    Arrays arrays;
    for (std::size_t i = 0; i < session.outputs().size(); ++i) {
        const octavo_tensor& view = session.output_views()[i];
        const Shape shape(view.shape, view.shape + view.rank);
        const auto* bytes = static_cast<const std::byte*>(view.data);
        const std::size_t size = static_cast<std::size_t>(element_count(shape)) * element_bytes(view.type);
        arrays[session.outputs()[i].name] = {view.type, shape, {bytes, bytes + size}};
    }
    return arrays;
}

Result<Arrays> infer(const DeviceHandle& device, const std::string& model, const Arrays& inputs, const CompileOptions& options) {
    OCTAVO_TRY(const Model loaded, load_model(model, input_values(inputs)));
    OCTAVO_TRY(const Graph graph, with_batch(loaded.executed, batch_size(inputs, loaded.executed)));
    OCTAVO_TRY(Session session, Session::compile(device, graph, nullptr, options));
    OCTAVO_TRY(const auto bytes, input_bytes(inputs, session.inputs()));
    OCTAVO_CHECK_OK(session.run(bytes));
    return output_arrays(session);
}

}  // namespace octavo
