// Trial: the network as algorithms have it so far, run on the device for a few calibration images and held against fp32: what is behind
// octavo_trial. Operators run from the frontier on, so that trying a change costs what lies behind it. Where a tensor that crosses it has
// two grids, the readers behind the frontier get both from the first.
#pragma once

#include "core/pipeline/calibration_view.h"
#include "core/pipeline/comparison.h"
#include "core/pipeline/frontier.h"
#include "core/pipeline/stage_quantize.h"

namespace octavo {

class Trial {
public:
    // Both outlive the trial, which reads the state of `view` at each call.
    Trial(const QuantizeRequest& request, const CalibrationView& view);
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    const octavo_trial* table() const { return &table_; }

private:
    // Images that run together.
    struct Chunk {
        std::size_t part = 0;
        std::size_t rows = 0;
        std::vector<octavo_geometry> geometries;
        std::vector<KeptOutput> expected;  // [compared tensor], fp32
    };
    // A measurement that went through.
    struct Measured {
        std::vector<double> errors;  // [part]
        std::vector<double> so_far;  // [chunk] error of its part up to and with it
    };
    // What decides the values in front of the frontier; weights never change.
    struct State {
        std::vector<PointRange> ranges;
        std::vector<std::vector<float>> biases, weight_scales;  // [product]
    };

    Result<std::int64_t> open(std::int64_t images, std::int32_t parts);
    Result<void> measure(const double* limits, double* errors);
    Result<void> product_shift(std::int32_t product, double* shift);
    std::int32_t node_of_point(std::int32_t point) const;

    Result<void> read_images(const DatasetHandle& dataset, std::int64_t images, std::size_t parts);
    Result<void> expect();
    Result<void> settle();
    State state() const;
    bool is_frontier_stale() const;
    Result<Session> compile(const Graph& part, const Plan* plan) const;
    Result<Session> compile_as_planned(const Graph& part) const;
    Result<double> error_of(const Session& session, const Chunk& chunk) const;
    Result<void> measure_fp32_means();

    const QuantizeRequest& request_;
    const CalibrationView& view_;
    octavo_trial table_{};
    Graph graph_;  // executed, at the batch size of a chunk
    std::optional<Comparison> comparison_;
    std::vector<TensorId> compared_;
    Frontier frontier_;
    std::size_t wanted_frontier_ = 0;
    std::vector<Chunk> chunks_;                // [batch of the frontier]
    std::vector<std::vector<double>> signal_;  // [part][figure]
    State settled_;                            // what the frontier was made with
    Measured last_;
    std::vector<std::vector<double>> fp32_means_;
};

}  // namespace octavo
