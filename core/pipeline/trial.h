// Trial: the network as algorithms have it so far, run on the device for a few calibration images and held against fp32: what is behind
// octavo_trial. Operators run from the frontier on; the tensors that cross it are kept for every image, so that trying a change costs what
// lies behind it. Where such a tensor has two grids, the readers behind the frontier get both from the first.
#pragma once

#include "core/pipeline/calibration_view.h"
#include "core/pipeline/comparison.h"
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
        std::vector<std::vector<std::byte>> inputs;  // of the graph
        std::vector<std::vector<std::byte>> live;    // [tensor of live_]
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
    Result<void> advance(std::size_t node);
    State state() const;
    bool is_frontier_stale() const;
    void reset_frontier();
    std::vector<TensorId> live_at(std::size_t node) const;
    Result<Session> compile(const Graph& part, const Plan* plan) const;
    Result<void> run(Session& session, const Graph& part, Chunk& chunk);
    Result<double> error_of(const Session& session, const Chunk& chunk) const;
    std::vector<KeptOutput> keep(const Session& session) const;
    Result<void> measure_fp32_means();
    double values_a_channel(std::size_t product) const;

    const QuantizeRequest& request_;
    const CalibrationView& view_;
    octavo_trial table_{};
    Graph graph_;  // executed, at the batch size of a chunk
    std::optional<Comparison> comparison_;
    std::vector<TensorId> compared_;
    std::vector<Chunk> chunks_;
    std::vector<std::vector<double>> signal_;  // [part][figure]
    std::vector<TensorId> live_;               // tensors that cross the frontier
    std::size_t frontier_ = 0, wanted_frontier_ = 0;
    State settled_;  // what the frontier was made with
    Measured last_;
    std::vector<std::vector<double>> fp32_means_;
};

}  // namespace octavo
