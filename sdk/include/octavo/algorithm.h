// Base class of quantization algorithms, and the views they work on.
#pragma once

#include <octavo/abi/algorithm.h>
#include <octavo/plugin.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace octavo {

// One interval, or one a channel.
struct Ranges {
    std::vector<double> minimum, maximum;

    bool operator==(const Ranges&) const = default;
};

class PlanEditor {
public:
    explicit PlanEditor(const octavo_plan_editor& table) : table_(table) {}

    // One interval for the point, or one for each of its channels.
    void set_range(std::size_t point, std::span<const double> minimum, std::span<const double> maximum) const {
        table_.set_range(table_.context, static_cast<std::int32_t>(point), static_cast<std::int32_t>(minimum.size()), minimum.data(),
                         maximum.data());
    }
    void set_range(std::size_t point, const Ranges& ranges) const { set_range(point, ranges.minimum, ranges.maximum); }
    // As they stand, `channels` of them; nothing where none was set.
    std::optional<Ranges> range(std::size_t point, std::int32_t channels) const {
        Ranges ranges{std::vector<double>(static_cast<std::size_t>(channels)), std::vector<double>(static_cast<std::size_t>(channels))};
        if (table_.get_range(table_.context, static_cast<std::int32_t>(point), ranges.minimum.data(), ranges.maximum.data()) == 0)
            return {};
        return ranges;
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

// octavo_trial in C++; abi/algorithm.h says what each call means.
class TrialView {
public:
    static Result<TrialView> open(const octavo_calibration& calibration, std::int64_t images, std::int32_t parts) {
        const octavo_trial* table = calibration.trial;
        if (!table) return Error(Code::config, "needs a device to try plans on, and none is at hand");
        TrialView trial(*table, static_cast<std::size_t>(parts));
        OCTAVO_CHECK_OK(called([&](octavo_error* error) { return table->open(table->context, images, parts, &trial.images_, error); }));
        return trial;
    }

    std::int64_t images() const { return images_; }
    void move_to(std::int32_t node) const { table_->move_to(table_->context, node); }
    std::int32_t node_of_point(std::size_t point) const { return table_->node_of_point(table_->context, static_cast<std::int32_t>(point)); }
    // [part]; `limits` may be empty.
    Result<std::vector<double>> measure(std::span<const double> limits = {}) const {
        std::vector<double> errors(parts_);
        OCTAVO_CHECK_OK(called([&](octavo_error* error) {
            return table_->measure(table_->context, limits.empty() ? nullptr : limits.data(), errors.data(), error);
        }));
        return errors;
    }
    Result<std::vector<double>> product_shift(std::size_t product, std::int64_t channels) const {
        std::vector<double> shift(static_cast<std::size_t>(channels));
        OCTAVO_CHECK_OK(called([&](octavo_error* error) {
            return table_->product_shift(table_->context, static_cast<std::int32_t>(product), shift.data(), error);
        }));
        return shift;
    }
    void progress(std::int64_t done, std::int64_t total, double gain_db) const { table_->progress(table_->context, done, total, gain_db); }
    bool should_stop() const { return table_->should_stop(table_->context) != 0; }

private:
    TrialView(const octavo_trial& table, std::size_t parts) : table_(&table), parts_(parts) {}

    template <class Call>
    static Result<void> called(Call&& call) {
        octavo_error error{};
        error.size = sizeof error;
        if (call(&error) == 0) return {};
        error.text[sizeof error.text - 1] = '\0';
        return Error(static_cast<Code>(error.code), error.text);
    }

    const octavo_trial* table_;
    std::size_t parts_;
    std::int64_t images_ = 0;
};

class Algorithm {
public:
    using Kind = Algorithm;
    static constexpr octavo_kind kKind = OCTAVO_ALGORITHM;

    virtual ~Algorithm() = default;
    virtual Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) = 0;
    // A class T that works on ranges and weight scales that another algorithm has set has besides
    //     static constexpr bool kNeedsRanges = true;

    template <class T>
    static const octavo_algorithm_functions* functions() {
        static const octavo_algorithm_functions table = {
            sizeof(octavo_algorithm_functions), &create_plugin<T>, &destroy_plugin<T>,
            [](void* self, const octavo_calibration* calibration, const octavo_plan_editor* editor, octavo_error* error) {
                return guarded(error, [&] { return static_cast<Algorithm*>(self)->apply(*calibration, PlanEditor(*editor)); });
            },
            needs_ranges<T>()};
        return &table;
    }

private:
    template <class T>
    static constexpr std::int32_t needs_ranges() {
        if constexpr (requires { T::kNeedsRanges; })
            return T::kNeedsRanges ? 1 : 0;
        else
            return 0;
    }
};

}  // namespace octavo
