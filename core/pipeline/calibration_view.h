// Statistics, weights and biases as algorithms see them through the C ABI, together with what they have decided so far.
#pragma once

#include "core/pipeline/stage_calibrate.h"
#include "core/pipeline/stage_layout.h"

#include <optional>
#include <string>
#include <vector>

namespace octavo {

// Intervals of a point: one, or one a channel. Empty before an algorithm has set them.
struct PointRange {
    std::vector<double> low, high;

    bool operator==(const PointRange&) const = default;
};

struct ProductState {
    std::int64_t output_channels = 0;
    std::vector<float> weights;       // [output channel][rest]
    std::vector<float> biases;        // as they stand
    std::vector<float> weight_scale;  // [output channel]; empty before an algorithm has set it
    bool bias_changed = false;
    std::int64_t pair_places = 0;  // places of the kernel, where pairs of input channels are added; 0: none are
};

// Keeps the arrays alive that the view points into. Must not outlive layout and statistics; the graph has its shapes for one image.
class CalibrationView {
public:
    // Scales of weights grow until pairs keep to `pair_limit` (0: none), as core/plan/pair_limit.h has it.
    static Result<CalibrationView> create(const Graph& graph, const Layout& layout, const Statistics& statistics,
                                          std::int32_t pair_limit = 0);

    // Hands the view to `use(const octavo_calibration&, const octavo_plan_editor&)`, whose changes are taken into the state. Gives the
    // first call of the editor that made no sense as error. `trial` may be nullptr.
    template <class Use>
    Result<void> edit(const octavo_graph& graph, const octavo_trial* trial, Use&& use) {
        refresh();
        fault_.reset();
        const octavo_calibration calibration = view(graph, trial);
        const octavo_plan_editor editor = make_editor();
        OCTAVO_CHECK_OK(use(calibration, editor));
        if (fault_) return Error(Code::internal, *fault_);
        return {};
    }

    const std::vector<PointRange>& ranges() const { return ranges_; }
    const std::vector<ProductState>& products() const { return states_; }

private:
    void add_point(const Graph& graph, const QuantizationPoint& point, const Range& known, const Statistics& statistics);
    Result<void> add_product(const Graph& graph, NodeId id, const Statistics& statistics);
    void refresh();
    octavo_calibration view(const octavo_graph& graph, const octavo_trial* trial) const;
    octavo_plan_editor make_editor();
    void set_range(std::int32_t point, std::int32_t channels, const double* minimum, const double* maximum);
    bool get_range(std::int32_t point, double* minimum, double* maximum) const;
    void set_weight_scale(std::int32_t product, std::int64_t channels, const float* scale);
    void set_bias(std::int32_t product, const float* bias);
    void complain(const std::string& what);

    std::vector<std::string> point_names_;
    std::vector<Histogram> wholes_;
    std::vector<std::vector<octavo_histogram>> by_channel_;
    std::vector<octavo_point> points_;
    std::vector<std::vector<double>> means_;
    std::vector<octavo_product> products_;
    std::vector<PointRange> ranges_;
    std::vector<ProductState> states_;
    std::int32_t pair_limit_ = 0;
    std::optional<std::string> fault_;
};

}  // namespace octavo
