// One adapter and one metric, made and dropped here.
#include "core/pipeline/rehearsal.h"

#include "core/pipeline/stage_samples.h"

namespace octavo {
namespace {

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

// What either found fault with.
struct Heard {
    Result<void> adapter, metric;
};

// Outputs of a session that has run, of one sample.
Heard heard(const Config& config, const ValidationData& data, const Session& session, const octavo_geometry& geometry,
            const octavo_blob& annotation) {
    const Result<AdapterHandle> adapter = AdapterHandle::create(*config.adapter->plugin, config.adapter->values, data.classes);
    if (!adapter) return {adapter.error(), {}};
    std::optional<Result<MetricHandle>> metric;
    if (config.metric) metric = MetricHandle::create(*config.metric->plugin, config.metric->values, data.classes);
    if (metric && !*metric) return {{}, metric->error()};
    if (metric) (*metric)->reset();
    Heard all;
    all.adapter = adapter->adapt(session.named_outputs(), {&geometry, 1}, [&](std::int64_t, const octavo_blob& prediction) {
        if (!metric || !all.metric) return;
        if (const Result<double> score = (*metric)->add(prediction, annotation); !score) all.metric = score.error();
    });
    return all;
}

Result<void> placed(const Config& config, const Heard& all) {
    if (!all.adapter) return refused_at(config.source, "/adapter", all.adapter.error());
    if (!all.metric) return refused_at(config.source, "/metric", all.metric.error());
    return {};
}

}  // namespace

Result<void> rehearse(const Config& config, Session& session) {
    if (!config.adapter) return {};
    OCTAVO_TRY(const ValidationData data, open_validation(config));
    OCTAVO_TRY(const SliceRange range, range_of(config.validation[0], data.datasets[0].count()));
    const std::vector<std::int64_t> first = {range.first};
    const SampleRequest samples{data.datasets[0], 0, 0, config.preprocess, session.inputs(), 1, config.skip_unreadable, {}, first};
    const auto see = [&](const Batch& batch) -> Result<void> {
        OCTAVO_CHECK_OK(session.run(batch.inputs));
        return placed(config, heard(config, data, session, batch.geometries[0], batch.annotations[0]));
    };
    const Result<SamplesDone> done = for_each_batch(samples, see);
    return done ? Result<void>() : Result<void>(done.error());
}

Result<void> rehearse_on_zeros(const Config& config, const Model& model, const DeviceHandle& device) {
    if (!config.adapter) return {};
    OCTAVO_TRY(const Graph graph, with_batch_if_free(model.executed, 1));
    OCTAVO_TRY(Session session, Session::compile(device, graph, nullptr, {config.threads, {}, false}));
    std::vector<std::vector<std::byte>> inputs;
    for (const Port& port : session.inputs()) inputs.emplace_back(port.size_bytes());
    OCTAVO_CHECK_OK(session.run(inputs));
    OCTAVO_TRY(const ValidationData data, open_validation(config));
    OCTAVO_TRY(const SliceRange range, range_of(config.validation[0], data.datasets[0].count()));
    const Result<octavo_sample> sample = data.datasets[0].sample(range.first);
    Heard all = heard(config, data, session, geometry_of_input(session.inputs()), sample ? sample->annotation : octavo_blob{});
    if (!all.metric && (!sample || all.metric.error().code() != Code::config)) all.metric = {};
    return placed(config, all);
}

}  // namespace octavo
