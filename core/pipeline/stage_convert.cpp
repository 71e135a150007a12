// The original, what the passes made of it, and what was written and read back run once, at the batch of the original, on the same random
// numbers. What is put in front of the model is done to the original's numbers here, in plain arithmetic. Where the file has one image and
// what is written any number, two at once are compared with one at a time.
#include "core/pipeline/stage_convert.h"

#include "core/base/text.h"
#include "core/formats/onnx/qdq.h"
#include "core/formats/onnx/reader.h"
#include "core/formats/onnx/writer.h"
#include "core/formats/openvino/half_weights.h"
#include "core/formats/openvino/reader.h"
#include "core/formats/openvino/writer.h"
#include "core/passes/evaluate.h"
#include "core/passes/passes.h"
#include "core/pipeline/fed_values.h"
#include "core/pipeline/formats.h"
#include "core/pipeline/session.h"
#include "core/plan/rules.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace octavo {
namespace {

// Writing changes no number. Passes round: each weight that takes in a batch norm is rounded anew, which moves mobilenet-v3-small by 1.1e-4
// of its range; a wrong pass moves outputs by far more.
constexpr double kMostByWriting = 1e-5, kMostByPasses = 1e-3;

// Largest difference as a share of the range of `a`; infinite where only one of two values is no number.
double difference(std::span<const float> a, std::span<const float> b) {
    double low = std::numeric_limits<double>::infinity(), high = -low, most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isfinite(a[i])) {
            low = std::min<double>(low, a[i]);
            high = std::max<double>(high, a[i]);
        }
        const bool is_same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
        if (is_same) continue;
        most = std::max(most, std::isfinite(a[i]) && std::isfinite(b[i]) ? std::abs(static_cast<double>(a[i]) - b[i])
                                                                         : std::numeric_limits<double>::infinity());
    }
    if (most == 0) return 0;
    // An output of one value has no range of its own: its size stands for it.
    const double range = std::max({high - low, high == low ? std::abs(high) : 0.0, 1e-30});
    return most / range;
}

Result<double> difference(const Port& port, const octavo_tensor& a, const octavo_tensor& b) {
    const auto* left = static_cast<const std::byte*>(a.data);
    const auto* right = static_cast<const std::byte*>(b.data);
    const std::size_t size = port.size_bytes();
    if (port.type == OCTAVO_F32)
        return difference(std::span(static_cast<const float*>(a.data), size / sizeof(float)),
                          std::span(static_cast<const float*>(b.data), size / sizeof(float)));
    if (std::equal(left, left + size, right)) return 0.0;
    return Error(Code::internal, "output '" + port.name + "' of the converted model differs");
}

using Inputs = std::vector<std::vector<std::byte>>;

Result<Session> run_once(const DeviceHandle& device, const Graph& graph, const Inputs& inputs) {
    OCTAVO_TRY(Session session, Session::compile(device, graph, nullptr, {}));
    OCTAVO_CHECK_OK(session.run(inputs));
    return session;
}

Error too_different(const Port& port, double difference, double bound) {
    return {Code::internal, "output '" + port.name + "' of the converted model differs by " + std::to_string(difference) +
                                " of its range, at most " + std::to_string(bound) + " is allowed; nothing was written"};
}

// The largest difference of any output, which must not be more than `bound`.
Result<double> compare(const Session& before, const Session& after, double bound) {
    double most = 0;
    for (std::size_t i = 0; i < before.outputs().size(); ++i) {
        const Port& port = before.outputs()[i];
        if (after.outputs()[i].shape != port.shape || after.outputs()[i].type != port.type)
            return Error(Code::internal, "output '" + port.name + "' of the converted model has another type or shape");
        OCTAVO_TRY(const double one, difference(port, before.output_views()[i], after.output_views()[i]));
        if (!(one <= bound)) return too_different(port, one, bound);
        most = std::max(most, one);
    }
    return most;
}

// Image `i` of two.
octavo_tensor image_of(const Port& port, const octavo_tensor& two, std::size_t i) {
    octavo_tensor one = two;
    one.data = static_cast<std::byte*>(two.data) + i * port.size_bytes();
    return one;
}

Result<void> compare_images(const DeviceHandle& device, const Graph& graph, std::span<const InputFeed> feeds) {
    OCTAVO_TRY(const Graph two, with_batch(graph, 2));
    OCTAVO_TRY(const Graph one, with_batch(graph, 1));
    const Inputs inputs = raw_inputs(ports_of(two, two.inputs), feeds);
    OCTAVO_TRY(const Session together, run_once(device, two, inputs));
    for (const std::size_t image : {0U, 1U}) {
        Inputs own;
        for (const std::vector<std::byte>& both : inputs) {
            const auto size = static_cast<std::ptrdiff_t>(both.size() / 2), begin = static_cast<std::ptrdiff_t>(image) * size;
            own.emplace_back(both.begin() + begin, both.begin() + begin + size);
        }
        OCTAVO_TRY(const Session alone, run_once(device, one, own));
        for (std::size_t i = 0; i < alone.outputs().size(); ++i) {
            const Port& port = alone.outputs()[i];
            OCTAVO_TRY(const double most, difference(port, alone.output_views()[i], image_of(port, together.output_views()[i], image)));
            if (!(most <= kMostByPasses)) return too_different(port, most, kMostByPasses).within("two images at once");
        }
    }
    return {};
}

Result<std::vector<FileContent>> written(const ConvertRequest& request, const Model& model, const std::optional<Plan>& plan) {
    if (is_ir(request.output)) {
        OCTAVO_TRY(IrModel ir, write_ir(plan ? model.executed : model.calibration, plan ? &*plan : nullptr, "octavo " OCTAVO_VERSION,
                                        request.half_weights ? StoredWeights::float16 : StoredWeights::float32));
        const std::string stem = request.output.substr(0, request.output.rfind('.'));
        return std::vector<FileContent>{{stem + ".bin", std::move(ir.binary)}, {request.output, std::move(ir.xml)}};
    }
    if (ends_with_ignoring_case(request.output, ".json")) {
        if (!model.own_plan) return Error(Code::model, request.model + ": says nothing of a quantization that could be written as a plan");
        return std::vector<FileContent>{{request.output, to_json(*model.own_plan)}};
    }
    if (!plan) {
        OCTAVO_CHECK_OK(check_onnx_operators(model.calibration));
        return std::vector<FileContent>{{request.output, write_onnx(model.calibration)}};
    }
    OCTAVO_TRY(QdqModel onnx, write_onnx_qdq(model.executed, *plan));
    return std::vector<FileContent>{{request.output, std::move(onnx.bytes)}};
}

Buffer buffer_of(const std::string& bytes) {
    return make_buffer(std::vector<char>(bytes.begin(), bytes.end()));
}

Result<Graph> read_back(const std::vector<FileContent>& files) {
    const std::string name = "the converted model";
    if (files.size() == 1) return read_onnx(buffer_of(files[0].bytes), name);
    Result<Graph> graph = read_ir(files[1].bytes, buffer_of(files[0].bytes));
    if (!graph) return graph.error().within(name);
    return graph;
}

}  // namespace

Result<Converted> convert(const ConvertRequest& request, const DeviceHandle& device) {
    OCTAVO_TRY(FedModel fed, load_fed_model(request));
    Model& model = fed.model;
    Converted converted;
    converted.nodes_before = fed.original.nodes.size();
    converted.nodes_after = model.calibration.nodes.size();
    const std::vector<Port> ports = ports_of(fed.original, fed.original.inputs);
    const Inputs raw = raw_inputs(ports, fed.feeds);
    OCTAVO_TRY(const Session as_read, run_once(device, fed.original, preprocessed(raw, ports, fed.feeds)));
    const std::int64_t batch = batch_of(fed.original);
    OCTAVO_TRY(Graph passed, with_batch_if_free(model.calibration, batch));
    OCTAVO_TRY(Session as_passed, run_once(device, passed, raw));
    OCTAVO_TRY(converted.difference, compare(as_read, as_passed, kMostByPasses));
    if (request.half_weights) {
        for (Graph* graph : {&model.calibration, &model.executed, &passed}) *graph = with_half_weights(std::move(*graph));
        OCTAVO_TRY(as_passed, run_once(device, passed, raw));
    }
    OCTAVO_TRY(converted.files, written(request, model, fed.plan));
    if (fed.plan) {
        converted.is_quantized = true;
        converted.nodes_planned = model.executed.nodes.size();
        converted.nodes_int8 = count_int8(*fed.plan, model.executed);
    }
    if (fed.plan && !is_ir(request.output)) return converted;
    OCTAVO_TRY(Graph again, read_back(converted.files));
    if (fed.plan) return converted;
    if (!is_ir(request.output)) converted.nodes_after = again.nodes.size();
    OCTAVO_CHECK_OK(run_passes(again));
    OCTAVO_TRY(again, with_batch_if_free(again, batch));
    OCTAVO_TRY(const Session as_written, run_once(device, again, raw));
    OCTAVO_CHECK_OK(compare(as_passed, as_written, kMostByWriting));
    if (!fed.says_free && has_free_batch(model.calibration)) OCTAVO_CHECK_OK(compare_images(device, again, fed.feeds));
    const double bound = request.half_weights ? std::numeric_limits<double>::infinity() : kMostByPasses;
    OCTAVO_TRY(converted.difference, compare(as_read, as_written, bound));
    return converted;
}

}  // namespace octavo
