// Base class of data sets. Strings and blobs that a Sample points to must live as long as the data set; `sample` may be called from
// several threads at once.
#pragma once

#include <octavo/abi/dataset.h>
#include <octavo/blob.h>
#include <octavo/plugin.h>
#include <octavo/tensor.h>

#include <algorithm>
#include <cstring>

namespace octavo {

class Dataset {
public:
    using Kind = Dataset;
    static constexpr octavo_kind kKind = OCTAVO_DATASET;

    virtual ~Dataset() = default;
    virtual std::int64_t count() const = 0;
    // `index` is in 0..count() - 1.
    virtual Result<octavo_sample> sample(std::int64_t index) const = 0;
    // Names of the classes that annotations speak of, in the order of their indices.
    virtual std::span<const char* const> class_names() const { return {}; }

    template <class T>
    static const octavo_dataset_functions* functions() {
        static const octavo_dataset_functions table = {
            sizeof(octavo_dataset_functions),
            &create_plugin<T>,
            &destroy_plugin<T>,
            [](void* self) { return guarded_or(std::int64_t{0}, [&] { return static_cast<Dataset*>(self)->count(); }); },
            [](void* self, std::int64_t index, octavo_sample* sample, octavo_error* error) {
                return guarded(error, [&]() -> Result<void> {
                    OCTAVO_TRY(octavo_sample made, static_cast<Dataset*>(self)->sample(index));
                    made.size = std::min<std::uint32_t>(sample->size, sizeof made);
                    std::memcpy(sample, &made, made.size);  // as much as the host knows
                    return {};
                });
            },
            [](void* self, std::int32_t* count) {
                using Names = std::span<const char* const>;
                const Names names = guarded_or(Names(), [&] { return static_cast<Dataset*>(self)->class_names(); });
                *count = static_cast<std::int32_t>(names.size());
                return names.data();
            }};
        return &table;
    }
};

}  // namespace octavo
