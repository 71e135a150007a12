// Base classes of devices: a Device compiles a graph and a plan into an Executable.
#pragma once

#include <octavo/abi/draft/device.h>
#include <octavo/plugin.h>

#include <cstdint>
#include <functional>

namespace octavo {

using Tap = std::function<void(std::int32_t tensor, const octavo_tensor& view)>;
using OperatorSink = std::function<void(const octavo_operator_time& time)>;

class Executable {
public:
    virtual ~Executable() = default;
    virtual Result<void> run(const octavo_tensor* inputs, octavo_tensor* outputs, const Tap& tap) = 0;
    virtual void operators(const OperatorSink& sink) const = 0;
    virtual std::int64_t memory_bytes() const = 0;
};

class Device {
public:
    using Kind = Device;
    static constexpr octavo_kind kKind = OCTAVO_DEVICE;

    virtual ~Device() = default;
    // Nothing if the device can run the node at this precision, else the reason.
    virtual Result<void> can_run(const octavo_graph& graph, std::int32_t node, octavo_precision precision) const = 0;
    virtual Result<std::unique_ptr<Executable>> compile(const octavo_graph& graph, const octavo_plan* plan,
                                                        const octavo_compile_options& options) const = 0;
    virtual const char* isa() const = 0;
    virtual std::int32_t pair_limit() const { return 0; }

    template <class T>
    static const octavo_device_functions* functions() {
        static const octavo_device_functions table = {
            sizeof(octavo_device_functions),
            &create_plugin<T>,
            &destroy_plugin<T>,
            [](void* self, const octavo_graph* graph, std::int32_t node, octavo_precision precision, octavo_error* error) {
                return std::int32_t{guarded(error, [&] { return static_cast<Device*>(self)->can_run(*graph, node, precision); }) == 0};
            },
            [](void* self, const octavo_graph* graph, const octavo_plan* plan, const octavo_compile_options* options, void** executable,
               octavo_error* error) {
                return guarded(error, [&]() -> Result<void> {
                    OCTAVO_TRY(std::unique_ptr<Executable> made, static_cast<Device*>(self)->compile(*graph, plan, *options));
                    *executable = made.release();
                    return {};
                });
            },
            [](void* executable) { delete static_cast<Executable*>(executable); },
            [](void* executable, const octavo_tensor* inputs, octavo_tensor* outputs, octavo_tap tap, void* context, octavo_error* error) {
                return guarded(error, [&] {
                    return static_cast<Executable*>(executable)->run(inputs, outputs, [&](std::int32_t tensor, const octavo_tensor& view) {
                        if (tap) tap(context, tensor, &view);
                    });
                });
            },
            [](void* executable, octavo_operator_sink sink, void* context) {
                guarded(nullptr, [&]() -> Result<void> {
                    static_cast<Executable*>(executable)->operators([&](const octavo_operator_time& time) { sink(context, &time); });
                    return {};
                });
            },
            [](void* executable) {
                return guarded_or(std::int64_t{0}, [&] { return static_cast<Executable*>(executable)->memory_bytes(); });
            },
            [](void* self) { return guarded_or<const char*>("", [&] { return static_cast<Device*>(self)->isa(); }); },
            [](void* self) { return guarded_or(std::int32_t{0}, [&] { return static_cast<Device*>(self)->pair_limit(); }); }};
        return &table;
    }
};

}  // namespace octavo
