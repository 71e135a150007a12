// Base class of quantization algorithms, and the two views they work on.
#pragma once

#include <octavo/abi/algorithm.h>
#include <octavo/plugin.h>

namespace octavo {

class PlanEditor {
public:
    explicit PlanEditor(const octavo_plan_editor& table) : table_(table) {}

    // One interval for the point, or one for each of its channels.
    void set_range(std::size_t point, std::span<const double> minimum, std::span<const double> maximum) const {
        table_.set_range(table_.context, static_cast<std::int32_t>(point), static_cast<std::int32_t>(minimum.size()), minimum.data(),
                         maximum.data());
    }
    // One scale for the weight, or one for each output channel.
    void set_weight_scale(std::size_t product, std::span<const float> scale) const {
        table_.set_weight_scale(table_.context, static_cast<std::int32_t>(product), static_cast<std::int64_t>(scale.size()), scale.data());
    }
    void set_bias(std::size_t product, std::span<const float> bias) const {
        table_.set_bias(table_.context, static_cast<std::int32_t>(product), bias.data());
    }

private:
    const octavo_plan_editor& table_;
};

class Algorithm {
public:
    using Kind = Algorithm;
    static constexpr octavo_kind kKind = OCTAVO_ALGORITHM;

    virtual ~Algorithm() = default;
    virtual Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) = 0;

    template <class T>
    static const octavo_algorithm_functions* functions() {
        static const octavo_algorithm_functions table = {
            sizeof(octavo_algorithm_functions), &create_plugin<T>, &destroy_plugin<T>,
            [](void* self, const octavo_calibration* calibration, const octavo_plan_editor* editor, octavo_error* error) {
                return guarded(error, [&] { return static_cast<Algorithm*>(self)->apply(*calibration, PlanEditor(*editor)); });
            }};
        return &table;
    }
};

}  // namespace octavo
