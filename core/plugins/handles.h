// Plugin objects in C++: each handle owns one created object, calls its C functions, and turns status and message into Result. Errors begin
// with the plugin's title.
#pragma once

#include "core/plugins/parameters.h"
#include "core/plugins/registry.h"

#include <octavo/abi/adapter.h>
#include <octavo/abi/algorithm.h>
#include <octavo/abi/dataset.h>
#include <octavo/abi/draft/device.h>
#include <octavo/abi/metric.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace octavo {

// A created object with the table of its kind.
template <class Functions>
class Handle {
public:
    const std::string& title() const { return title_; }

protected:
    const Functions& functions() const { return *functions_; }
    void* self() const { return self_.get(); }

    // Fills the handle. The plugin is of the right kind.
    Result<void> open(const LoadedPlugin& plugin, const ParameterValues& values);

    std::string title_;
    const Functions* functions_ = nullptr;
    std::shared_ptr<void> self_;
};

class DatasetHandle : public Handle<octavo_dataset_functions> {
public:
    static Result<DatasetHandle> create(const LoadedPlugin& plugin, const ParameterValues& values);
    std::int64_t count() const;
    // What the sample points to lives as long as the data set. May be called from several threads.
    Result<octavo_sample> sample(std::int64_t index) const;
    // Empty where it has no names.
    std::vector<std::string> class_names() const;
};

class AdapterHandle : public Handle<octavo_adapter_functions> {
public:
    using Sink = std::function<void(std::int64_t index, const octavo_blob& prediction)>;
    // `classes`: of the data set, empty where it has no names.
    static Result<AdapterHandle> create(const LoadedPlugin& plugin, const ParameterValues& values,
                                        std::span<const std::string> classes = {});
    Result<void> adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries, const Sink& sink) const;
    bool can_compare() const;
    // Of predictions before suppression: energies of the expected ones and of the difference, one a sample.
    Result<void> compare(std::span<const octavo_output> expected, std::span<const octavo_output> found,
                         std::span<const octavo_geometry> geometries, std::span<double> signal, std::span<double> noise) const;
};

struct MetricFigure {
    std::string name;
    double value = 0;
    std::string unit;
    bool principal = false;
    bool higher_is_better = true;
    std::string group = {}, note = {};
};

class MetricHandle : public Handle<octavo_metric_functions> {
public:
    // `classes`: of the data set, empty where it has no names.
    static Result<MetricHandle> create(const LoadedPlugin& plugin, const ParameterValues& values,
                                       std::span<const std::string> classes = {});
    void reset() const;
    Result<double> add(const octavo_blob& prediction, const octavo_blob& annotation) const;
    Result<std::vector<MetricFigure>> result() const;
};

// Whether the algorithm works on ranges that another one has set.
bool needs_ranges(const LoadedPlugin& algorithm);

class AlgorithmHandle : public Handle<octavo_algorithm_functions> {
public:
    static Result<AlgorithmHandle> create(const LoadedPlugin& plugin, const ParameterValues& values);
    Result<void> apply(const octavo_calibration& calibration, const octavo_plan_editor& editor) const;
};

struct OperatorTime {
    std::string name, op, implementation;
    octavo_precision precision = OCTAVO_FP32;
    double milliseconds = 0;
};

struct CompileOptions {
    int threads = 0;  // 0: all
    std::vector<std::int32_t> taps;
    bool profile = false;
    float tolerance = 0;  // as in abi/draft/device.h
};

class ExecutableHandle {
public:
    using Tap = std::function<void(std::int32_t tensor, const octavo_tensor& view)>;
    Result<void> run(std::span<const octavo_tensor> inputs, std::span<octavo_tensor> outputs, const Tap& tap = {}) const;
    std::vector<OperatorTime> operators() const;
    std::int64_t memory_bytes() const;

private:
    friend class DeviceHandle;
    std::string title_;
    const octavo_device_functions* functions_ = nullptr;
    std::shared_ptr<void> device_;  // outlives what it compiled
    std::shared_ptr<void> self_;
};

class DeviceHandle : public Handle<octavo_device_functions> {
public:
    static Result<DeviceHandle> create(const LoadedPlugin& plugin, const ParameterValues& values);
    // Nothing if the device can run the node at this precision, else the reason.
    Result<void> can_run(const octavo_graph& graph, std::int32_t node, octavo_precision precision) const;
    // Graph and plan (may be nullptr) must outlive the call only.
    Result<ExecutableHandle> compile(const octavo_graph& graph, const octavo_plan* plan, const CompileOptions& options) const;
    std::string isa() const;
    std::int32_t pair_limit() const;  // as in abi/draft/device.h
};

}  // namespace octavo
