// Base class of adapters: raw outputs of a batch in, one prediction (a blob) for each sample out.
#pragma once

#include <octavo/abi/adapter.h>
#include <octavo/blob.h>
#include <octavo/plugin.h>
#include <octavo/tensor.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

namespace octavo {

class Adapter {
public:
    using Kind = Adapter;
    static constexpr octavo_kind kKind = OCTAVO_ADAPTER;
    using Sink = std::function<void(std::int64_t index, const octavo_blob& prediction)>;

    virtual ~Adapter() = default;
    // `geometries` has one entry for each sample of the batch.
    virtual Result<void> adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries, const Sink& sink) = 0;
    // The names of the data set's classes, where it has names.
    virtual Result<void> set_classes(std::span<const char* const>) { return {}; }
    // A class T that can say how far predictions are apart has besides
    //     Result<void> compare(std::span<const octavo_output> expected, std::span<const octavo_output> found,
    //                          std::span<const octavo_geometry> geometries, std::span<double> signal, std::span<double> noise)
    // which abi/adapter.h describes; there is one signal and one noise for each sample.

    template <class T>
    static const octavo_adapter_functions* functions() {
        static const octavo_adapter_functions table = {
            sizeof(octavo_adapter_functions),
            &create_plugin<T>,
            &destroy_plugin<T>,
            [](void* self, const octavo_output* outputs, std::int32_t count, const octavo_geometry* geometries, std::int64_t batch,
               octavo_prediction_sink sink, void* context, octavo_error* error) {
                return guarded(error, [&] {
                    const Geometries known(geometries, batch);
                    return static_cast<Adapter*>(self)->adapt(
                        {outputs, static_cast<std::size_t>(count)}, known.all(),
                        [&](std::int64_t index, const octavo_blob& prediction) { sink(context, index, &prediction); });
                });
            },
            [](void* self, const char* const* names, std::int32_t count, octavo_error* error) {
                return guarded(error, [&] { return static_cast<Adapter*>(self)->set_classes({names, static_cast<std::size_t>(count)}); });
            },
            compare_function<T>()};
        return &table;
    }

private:
    // Of a host whose struct may be longer or shorter than ours, in which case its elements are that far apart.
    class Geometries {
    public:
        Geometries(const octavo_geometry* first, std::int64_t count) : all_(first, static_cast<std::size_t>(count)) {
            if (all_.empty() || first->size == sizeof(octavo_geometry)) return;
            const std::size_t step = first->size;
            copies_.resize(all_.size());
            for (std::size_t i = 0; i < copies_.size(); ++i)
                std::memcpy(&copies_[i], reinterpret_cast<const std::byte*>(first) + i * step, std::min(step, sizeof(octavo_geometry)));
            all_ = copies_;
        }
        std::span<const octavo_geometry> all() const { return all_; }

    private:
        std::span<const octavo_geometry> all_;
        std::vector<octavo_geometry> copies_;
    };

    template <class T>
    static constexpr auto compare_function() -> decltype(octavo_adapter_functions::compare) {
        if constexpr (requires { &T::compare; })
            return [](void* self, const octavo_output* expected, const octavo_output* found, std::int32_t count,
                      const octavo_geometry* geometries, std::int64_t batch, double* signal, double* noise, octavo_error* error) {
                const auto outputs = static_cast<std::size_t>(count), samples = static_cast<std::size_t>(batch);
                return guarded(error, [&] {
                    const Geometries known(geometries, batch);
                    return static_cast<T*>(static_cast<Adapter*>(self))
                        ->compare({expected, outputs}, {found, outputs}, known.all(), {signal, samples}, {noise, samples});
                });
            };
        else
            return nullptr;
    }
};

}  // namespace octavo
