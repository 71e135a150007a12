// The calls into plugins. Callbacks given to a plugin carry the caller's function in their context and let no exception through.
#include "core/plugins/handles.h"

#include <cstddef>
#include <cstdlib>
#include <exception>

namespace octavo {
namespace {

Code code_of(octavo_status status) {
    for (const Code code : {Code::config, Code::model, Code::data, Code::target, Code::interrupted})
        if (status == static_cast<octavo_status>(code)) return code;
    return Code::internal;
}

// Runs `call(error)` and turns its status into a Result.
template <class Call>
Result<void> called(const std::string& title, Call&& call) {
    octavo_error error{};
    error.size = sizeof error;
    const octavo_status status = call(&error);
    if (status == 0) return {};
    error.text[sizeof error.text - 1] = '\0';
    const std::string text = error.text[0] ? error.text : "failed and gave no reason";
    return Error(code_of(status), title + ": " + text);
}

// A callback must not throw through the plugin: what is thrown is kept and thrown again behind the call.
template <class Function>
struct Callback {
    const Function& function;
    std::exception_ptr thrown = {};

    template <class... Arguments>
    void operator()(Arguments&&... arguments) noexcept {
        if (thrown) return;
        try {
            function(std::forward<Arguments>(arguments)...);
        } catch (...) {
            thrown = std::current_exception();
        }
    }
    void rethrow() const {
        if (thrown) std::rethrow_exception(thrown);
    }
};

// Members that were added later are there where the table is long enough to hold them; else they are null or 0.
template <class Functions, class Member>
Member optional_member(const Functions& table, Member Functions::*member) {
    const auto end = reinterpret_cast<const std::byte*>(&(table.*member) + 1) - reinterpret_cast<const std::byte*>(&table);
    return static_cast<std::size_t>(end) <= table.size ? table.*member : Member{};
}

// Tells a plugin the names of classes, if there are any and it wants to know.
template <class Functions>
Result<void> tell_classes(const std::string& title, const Functions& functions, void* self, std::span<const std::string> classes) {
    const auto set_classes = optional_member(functions, &Functions::set_classes);
    if (classes.empty() || !set_classes) return {};
    std::vector<const char*> names;
    for (const std::string& name : classes) names.push_back(name.c_str());
    return called(title,
                  [&](octavo_error* error) { return set_classes(self, names.data(), static_cast<std::int32_t>(names.size()), error); });
}

}  // namespace

template <class Functions>
Result<void> Handle<Functions>::open(const LoadedPlugin& plugin, const ParameterValues& values) {
    title_ = plugin.title();
    functions_ = static_cast<const Functions*>(plugin.descriptor->functions);
    void* self = nullptr;
    OCTAVO_CHECK_OK(called(title_, [&](octavo_error* error) { return functions_->create(values.data(), &self, error); }));
    if (!self) return Error(Code::internal, title_ + ": created nothing");
    self_ = std::shared_ptr<void>(self, functions_->destroy);
    return {};
}

Result<DatasetHandle> DatasetHandle::create(const LoadedPlugin& plugin, const ParameterValues& values) {
    DatasetHandle handle;
    OCTAVO_CHECK_OK(handle.open(plugin, values));
    return handle;
}

std::int64_t DatasetHandle::count() const {
    return functions().count(self());
}

Result<octavo_sample> DatasetHandle::sample(std::int64_t index) const {
    octavo_sample sample{};
    sample.size = sizeof sample;
    OCTAVO_CHECK_OK(called(title(), [&](octavo_error* error) { return functions().sample(self(), index, &sample, error); }));
    return sample;
}

std::vector<std::string> DatasetHandle::class_names() const {
    const auto class_names = optional_member(functions(), &octavo_dataset_functions::class_names);
    if (!class_names) return {};
    std::int32_t count = 0;
    const char* const* names = class_names(self(), &count);
    return {names, names + count};
}

Result<AdapterHandle> AdapterHandle::create(const LoadedPlugin& plugin, const ParameterValues& values,
                                            std::span<const std::string> classes) {
    AdapterHandle handle;
    OCTAVO_CHECK_OK(handle.open(plugin, values));
    OCTAVO_CHECK_OK(tell_classes(handle.title(), handle.functions(), handle.self(), classes));
    return handle;
}

bool AdapterHandle::can_compare() const {
    return optional_member(functions(), &octavo_adapter_functions::compare) != nullptr;
}

Result<void> AdapterHandle::compare(std::span<const octavo_output> expected, std::span<const octavo_output> found,
                                    std::span<const octavo_geometry> geometries, std::span<double> signal, std::span<double> noise) const {
    return called(title(), [&](octavo_error* error) {
        return functions().compare(self(), expected.data(), found.data(), static_cast<std::int32_t>(expected.size()), geometries.data(),
                                   static_cast<std::int64_t>(geometries.size()), signal.data(), noise.data(), error);
    });
}

Result<void> AdapterHandle::adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries,
                                  const Sink& sink) const {
    Callback<Sink> callback{sink, {}};
    const octavo_prediction_sink forward = [](void* context, std::int64_t index, const octavo_blob* prediction) {
        (*static_cast<Callback<Sink>*>(context))(index, *prediction);
    };
    Result<void> status = called(title(), [&](octavo_error* error) {
        return functions().adapt(self(), outputs.data(), static_cast<std::int32_t>(outputs.size()), geometries.data(),
                                 static_cast<std::int64_t>(geometries.size()), forward, &callback, error);
    });
    callback.rethrow();
    return status;
}

Result<MetricHandle> MetricHandle::create(const LoadedPlugin& plugin, const ParameterValues& values, std::span<const std::string> classes) {
    MetricHandle handle;
    OCTAVO_CHECK_OK(handle.open(plugin, values));
    OCTAVO_CHECK_OK(tell_classes(handle.title(), handle.functions(), handle.self(), classes));
    return handle;
}

void MetricHandle::reset() const {
    functions().reset(self());
}

Result<double> MetricHandle::add(const octavo_blob& prediction, const octavo_blob& annotation) const {
    double score = 0;
    OCTAVO_CHECK_OK(called(title(), [&](octavo_error* error) { return functions().add(self(), &prediction, &annotation, &score, error); }));
    return score;
}

Result<std::vector<MetricFigure>> MetricHandle::result() const {
    std::vector<MetricFigure> figures;
    const octavo_figure_sink collect = [](void* context, const octavo_figure* figure) {
        const auto text = [](const char* given) { return std::string(given ? given : ""); };
        static_cast<std::vector<MetricFigure>*>(context)->push_back({text(figure->name), figure->value, text(figure->unit),
                                                                     figure->principal != 0, figure->higher_is_better != 0,
                                                                     text(figure->group), text(figure->note)});
    };
    OCTAVO_CHECK_OK(called(title(), [&](octavo_error* error) { return functions().result(self(), collect, &figures, error); }));
    return figures;
}

bool needs_ranges(const LoadedPlugin& algorithm) {
    return optional_member(*static_cast<const octavo_algorithm_functions*>(algorithm.descriptor->functions),
                           &octavo_algorithm_functions::needs_ranges) != 0;
}

Result<AlgorithmHandle> AlgorithmHandle::create(const LoadedPlugin& plugin, const ParameterValues& values) {
    AlgorithmHandle handle;
    OCTAVO_CHECK_OK(handle.open(plugin, values));
    return handle;
}

Result<void> AlgorithmHandle::apply(const octavo_calibration& calibration, const octavo_plan_editor& editor) const {
    return called(title(), [&](octavo_error* error) { return functions().apply(self(), &calibration, &editor, error); });
}

Result<void> ExecutableHandle::run(std::span<const octavo_tensor> inputs, std::span<octavo_tensor> outputs, const Tap& tap) const {
    Callback<Tap> callback{tap, {}};
    const octavo_tap forward = [](void* context, std::int32_t tensor, const octavo_tensor* view) {
        (*static_cast<Callback<Tap>*>(context))(tensor, *view);
    };
    Result<void> status = called(title_, [&](octavo_error* error) {
        return functions_->run(self_.get(), inputs.data(), outputs.data(), tap ? forward : nullptr, tap ? &callback : nullptr, error);
    });
    callback.rethrow();
    return status;
}

std::vector<OperatorTime> ExecutableHandle::operators() const {
    std::vector<OperatorTime> times;
    const octavo_operator_sink collect = [](void* context, const octavo_operator_time* time) {
        static_cast<std::vector<OperatorTime>*>(context)->push_back(
            {time->name, time->op, time->implementation ? time->implementation : "", time->precision, time->milliseconds});
    };
    functions_->operators(self_.get(), collect, &times);
    return times;
}

std::int64_t ExecutableHandle::memory_bytes() const {
    return functions_->memory_bytes(self_.get());
}

Result<DeviceHandle> DeviceHandle::create(const LoadedPlugin& plugin, const ParameterValues& values) {
    DeviceHandle handle;
    OCTAVO_CHECK_OK(handle.open(plugin, values));
    return handle;
}

Result<void> DeviceHandle::can_run(const octavo_graph& graph, std::int32_t node, octavo_precision precision) const {
    octavo_error error{};
    error.size = sizeof error;
    if (functions().can_run(self(), &graph, node, precision, &error) != 0) return {};
    error.text[sizeof error.text - 1] = '\0';
    return Error(Code::model, error.text);
}

Result<ExecutableHandle> DeviceHandle::compile(const octavo_graph& graph, const octavo_plan* plan, const CompileOptions& options) const {
    const octavo_compile_options given = {
        sizeof(octavo_compile_options), options.threads,  options.taps.data(), static_cast<std::int32_t>(options.taps.size()),
        options.profile ? 1 : 0,        options.tolerance};
    void* made = nullptr;
    OCTAVO_CHECK_OK(called(title(), [&](octavo_error* error) { return functions().compile(self(), &graph, plan, &given, &made, error); }));
    if (!made) return Error(Code::internal, title() + ": compiled nothing");
    ExecutableHandle executable;
    executable.title_ = title();
    executable.functions_ = functions_;
    executable.device_ = self_;
    executable.self_ = std::shared_ptr<void>(made, functions_->destroy_executable);
    return executable;
}

std::string DeviceHandle::isa() const {
    const char* name = functions().isa(self());
    return name ? name : "";
}

std::int32_t DeviceHandle::pair_limit() const {
    const auto pair_limit = optional_member(functions(), &octavo_device_functions::pair_limit);
    return pair_limit ? pair_limit(self()) : 0;
}

}  // namespace octavo
