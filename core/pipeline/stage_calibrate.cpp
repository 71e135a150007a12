// One entry of the collector a tensor, whatever the number of points and products that read it.
#include "core/pipeline/stage_calibrate.h"
#include "core/base/threads.h"

#include "core/base/check.h"
#include "core/graph/product.h"
#include "core/pipeline/noise.h"

namespace octavo {
namespace {

// Far below what a range is known to: a bin of a histogram, and what another image would add.
constexpr float kToleratedError = 1e-4F;

// What is wanted of each tensor, in order of name.
std::map<std::string, Request> requests_of(const Graph& executed, const Layout& layout) {
    std::map<std::string, Request> requests;
    const auto request = [&](const std::string& name) -> Request& {
        const auto [entry, is_new] = requests.try_emplace(name);
        if (is_new) entry->second = {.name = name, .whole = false};
        return entry->second;
    };
    for (const QuantizationPoint& point : layout.points)
        for (const std::string& name : statistics_of(executed, point)) {
            Request& wanted = request(name);
            (point.kind == PointKind::depthwise ? wanted.by_channel : wanted.whole) = true;
        }
    for (const NodeId product : layout.products) {
        request(executed[executed[product].inputs[0]].name).means = true;
        request(executed[executed[product].outputs[0]].name).spans = true;
    }
    for (const TensorId joined : joined_tensors(executed)) request(executed[joined].name).spans = true;
    return requests;
}

// Tensors that are inside of an operator have no channels.
void set_channels(const Graph& executed, std::span<const std::size_t> axes, Request& request) {
    const TensorId tensor = find_tensor(executed, request.name);
    if (tensor == TensorId::none || axes[index(tensor)] >= executed[tensor].shape.size()) return;
    request.axis = axes[index(tensor)];
    request.channels = executed[tensor].shape[request.axis];
}

}  // namespace

Result<Statistics> collect_statistics(const CalibrateRequest& request) {
    OCTAVO_TRY(const Graph graph, with_batch_if_free(request.model.calibration, request.config.batch));
    std::vector<Request> requests;
    std::vector<std::string> taps;
    Statistics statistics;
    const std::vector<std::size_t> axes = channel_axes(request.model.executed);
    for (auto& [name, wanted] : requests_of(request.model.executed, request.layout)) {
        set_channels(request.model.executed, axes, wanted);
        statistics.entries[name] = requests.size();
        requests.push_back(wanted);
        taps.push_back(name);
    }
    statistics.collector = Collector(std::move(requests), static_cast<std::size_t>(thread_count(request.config.threads)));
    OCTAVO_TRY(Session session,
               Session::compile(request.device, graph, nullptr, {request.config.threads, {}, false, kToleratedError}, taps));
    std::map<std::int32_t, std::size_t> entry_of;  // the graph's tensor to the collector's index
    for (std::size_t i = 0; i < taps.size(); ++i) entry_of[session.taps()[i]] = i;

    OCTAVO_TRY(const DatasetHandle dataset, DatasetHandle::create(*request.config.dataset, request.config.calibration.dataset));
    OCTAVO_TRY(const SliceRange range, range_of(request.config.calibration, dataset.count()));
    const std::vector<Port> inputs = ports_of(graph, graph.inputs);
    const SampleRequest samples{
        dataset,     range.first, range.count, request.config.preprocess, inputs, request.config.threads, request.config.skip_unreadable,
        request.stop};
    OCTAVO_TRY(SamplesDone done, for_each_batch(samples, [&](const Batch& batch) -> Result<void> {
                   Result<void> added;
                   std::size_t seen = 0;
                   OCTAVO_CHECK_OK(session.run(batch.inputs, [&](std::int32_t tensor, const octavo_tensor& view) {
                       ++seen;
                       if (added) added = statistics.collector.add(entry_of.at(tensor), view, batch.ids, batch_of(graph));
                   }));
                   OCTAVO_CHECK_OK(added);
                   if (seen != taps.size())
                       return Error(Code::internal, request.device.title() + ": showed " + std::to_string(seen) + " of " +
                                                        std::to_string(taps.size()) + " tapped tensors");
                   if (statistics.images == 0 && request.rehearse) OCTAVO_CHECK_OK(request.rehearse(session));
                   for (std::size_t i = 0; i < batch.size(); ++i) statistics.samples.emplace_back(batch.ids[i], batch.numbers[i]);
                   statistics.images += static_cast<std::int64_t>(batch.size());
                   if (request.progress) request.progress(statistics.images);
                   return {};
               }));
    statistics.unreadable = std::move(done.unreadable);
    return statistics;
}

Result<std::int64_t> calibration_size(const Config& config) {
    OCTAVO_TRY(const DatasetHandle dataset, DatasetHandle::create(*config.dataset, config.calibration.dataset));
    OCTAVO_TRY(const SliceRange range, range_of(config.calibration, dataset.count()));
    return range.count;
}

}  // namespace octavo
