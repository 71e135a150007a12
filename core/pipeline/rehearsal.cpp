// One adapter and one metric, made and dropped here.
#include "core/pipeline/rehearsal.h"

#include "core/pipeline/stage_samples.h"

namespace octavo {
namespace {

// Of the first validation sample.
Result<octavo_sample> first_sample(const Config& config, const ValidationData& data) {
    const DatasetHandle& dataset = data.datasets[0];
    OCTAVO_TRY(const SliceRange range, range_of(config.validation[0], dataset.count()));
    return dataset.sample(range.first);
}

octavo_geometry geometry_of_input(std::span<const Port> inputs) {
    octavo_geometry geometry{};
    geometry.size = sizeof geometry;
    geometry.scale_x = geometry.scale_y = 1;
    if (const Result<InputShape> shape = image_shape(inputs)) {
        geometry.source_width = geometry.input_width = shape->width;
        geometry.source_height = geometry.input_height = shape->height;
    }
    return geometry;
}

}  // namespace

Result<void> rehearse(const Config& config, const Session& session, const octavo_geometry& geometry) {
    if (!config.adapter) return {};
    OCTAVO_TRY(const ValidationData data, open_validation(config));
    const Result<AdapterHandle> adapter = AdapterHandle::create(*config.adapter->plugin, config.adapter->values, data.classes);
    if (!adapter) return refused_at(config.source, "/adapter", adapter.error());
    Result<octavo_sample> sample = Error(Code::data, "no metric");
    Result<MetricHandle> metric = Error(Code::data, "no metric");
    if (config.metric) {
        sample = first_sample(config, data);
        metric = MetricHandle::create(*config.metric->plugin, config.metric->values, data.classes);
        if (!metric) return refused_at(config.source, "/metric", metric.error());
        metric->reset();
    }
    Result<void> judged;
    const auto judge = [&](std::int64_t, const octavo_blob& prediction) {
        if (!sample || !judged) return;
        if (const Result<double> score = metric->add(prediction, sample->annotation); !score) judged = score.error();
    };
    const Result<void> adapted = adapter->adapt(session.named_outputs(), {&geometry, 1}, judge);
    if (!adapted) return refused_at(config.source, "/adapter", adapted.error());
    if (!judged) return refused_at(config.source, "/metric", judged.error());
    return {};
}

Result<void> rehearse_on_zeros(const Config& config, const Model& model, const DeviceHandle& device) {
    if (!config.adapter) return {};
    OCTAVO_TRY(const Graph graph, with_batch_if_free(model.executed, 1));
    OCTAVO_TRY(Session session, Session::compile(device, graph, nullptr, {config.threads, {}, false}));
    std::vector<std::vector<std::byte>> inputs;
    for (const Port& port : session.inputs()) inputs.emplace_back(port.size_bytes());
    OCTAVO_CHECK_OK(session.run(inputs));
    return rehearse(config, session, geometry_of_input(session.inputs()));
}

}  // namespace octavo
