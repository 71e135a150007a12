// Base class of metrics: predictions and annotations one by one in, named figures out.
#pragma once

#include <octavo/abi/metric.h>
#include <octavo/blob.h>
#include <octavo/plugin.h>

#include <cstddef>
#include <string>
#include <vector>

namespace octavo {

struct Figure {
    std::string name;
    double value = 0;
    std::string unit = "%";
    bool principal = false;
    bool higher_is_better = true;
    std::string group = "";  // the title of a table that it is a row of
    std::string note = "";   // what to know of the figure
};

class Metric {
public:
    using Kind = Metric;
    static constexpr octavo_kind kKind = OCTAVO_METRIC;

    virtual ~Metric() = default;
    virtual void reset() = 0;
    // The names of the data set's classes, where it has names.
    virtual Result<void> set_classes(std::span<const char* const>) { return {}; }
    // Adds one sample and returns its own score (1 right, 0 wrong); NaN where a sample has none.
    virtual Result<double> add(const octavo_blob& prediction, const octavo_blob& annotation) = 0;
    virtual Result<std::vector<Figure>> result() const = 0;

    template <class T>
    static const octavo_metric_functions* functions() {
        static const octavo_metric_functions table = {
            sizeof(octavo_metric_functions),
            &create_plugin<T>,
            &destroy_plugin<T>,
            [](void* self) {  // has no status: what it throws is told by the next function that has one
                auto* const metric = static_cast<Metric*>(self);
                octavo_error error{};
                error.size = sizeof error;
                const auto reset = [metric]() -> Result<void> {
                    metric->reset();
                    return {};
                };
                metric->broken_ = guarded(&error, reset) == 0 ? "" : error.text;
            },
            [](void* self, const octavo_blob* prediction, const octavo_blob* annotation, double* score, octavo_error* error) {
                return guarded(error, [&]() -> Result<void> {
                    OCTAVO_CHECK_OK(static_cast<Metric*>(self)->check_reset());
                    OCTAVO_TRY(*score, static_cast<Metric*>(self)->add(*prediction, *annotation));
                    return {};
                });
            },
            [](void* self, octavo_figure_sink sink, void* context, octavo_error* error) {
                return guarded(error, [&]() -> Result<void> {
                    OCTAVO_CHECK_OK(static_cast<Metric*>(self)->check_reset());
                    OCTAVO_TRY(const std::vector<Figure> figures, static_cast<Metric*>(self)->result());
                    for (const Figure& figure : figures) {
                        const octavo_figure out = {figure.name.c_str(),     figure.value,         figure.unit.c_str(), figure.principal,
                                                   figure.higher_is_better, figure.group.c_str(), figure.note.c_str()};
                        sink(context, &out);
                    }
                    return {};
                });
            },
            [](void* self, const char* const* names, std::int32_t count, octavo_error* error) {
                return guarded(error, [&] { return static_cast<Metric*>(self)->set_classes({names, static_cast<std::size_t>(count)}); });
            }};
        return &table;
    }

private:
    Result<void> check_reset() const { return broken_.empty() ? Result<void>() : Error(Code::internal, "reset: " + broken_); }

    std::string broken_;  // by a reset that threw
};

}  // namespace octavo
