// Contender: one form of the network (fp32, or a plan) that is run over samples, or outputs that something else has computed of them, with
// what it answered on the current batch and what the metric says of all so far.
#pragma once

#include "core/pipeline/array_files.h"
#include "core/pipeline/comparison.h"
#include "core/pipeline/stage_samples.h"

#include <octavo/abi/blob.h>

#include <optional>
#include <span>
#include <vector>

namespace octavo {

// What became of one sample.
struct Answer {
    double score = 0;                              // the metric's; 0 without one
    std::optional<std::int64_t> best_class;        // nothing where the prediction is no list of class scores
    std::optional<std::vector<octavo_box>> boxes;  // where the prediction is a list of boxes
};

// Of one batch: the outputs that the comparison wants, and the answers.
struct Said {
    std::vector<std::int64_t> numbers;  // of the samples in their data set
    std::vector<KeptOutput> kept;       // [compared output]
    std::vector<Answer> answers;        // [sample]
};

// What a contender says, batch after batch, until it is more than fits into a fixed amount of memory.
class Memory {
public:
    void add(const Said& said);
    std::vector<Said> take();  // empty where it did not fit

private:
    std::vector<Said> all_;
    std::size_t bytes_ = 0;
};

// What was remembered, handed out batch by batch in the same order. Errors, Code::data: it is not of these samples, which have become
// others since.
class Recollection {
public:
    explicit Recollection(std::span<const Said> all) : all_(all) {}
    Result<const Said*> of(const Batch& batch);
    Result<void> finish() const;  // behind the last batch

private:
    std::span<const Said> all_;
    std::size_t next_ = 0;
};

class Contender {
public:
    struct Request {
        const Config& config;
        const DeviceHandle& device;
        const Graph& graph;  // the executed one with its shapes
        const Comparison& comparison;
        std::span<const std::string> classes;  // of the data set
        std::size_t parts = 0;                 // disjoint parts of the samples that get figures of their own, beside those of all
        OutputReader* outputs = nullptr;       // are judged, and nothing is run; may be null
    };
    // `plan` may be nullptr.
    static Result<Contender> create(const Request& request, const Plan* plan);

    // `parts`: of each sample; empty where there are none.
    Result<void> run(const Batch& batch, std::span<const std::size_t> parts = {});

    const Session& session() const { return session_; }  // empty where nothing is run
    const Said& said() const { return said_; }           // of the last batch

    // Empty without a metric.
    Result<std::vector<MetricFigure>> figures() const;
    Result<std::vector<MetricFigure>> figures_of_part(std::size_t part) const;

private:
    Result<std::vector<octavo_output>> outputs_of(const Batch& batch);
    Result<void> answer(const Batch& batch, std::span<const octavo_output> outputs, std::span<const std::size_t> parts);
    std::optional<std::int64_t> greatest_output(std::size_t row) const;

    Session session_;
    OutputReader* read_ = nullptr;       // in place of the session
    std::vector<MetricHandle> metrics_;  // of all, then of each part; empty without a metric
    std::optional<AdapterHandle> adapter_;
    std::vector<ComparedOutput> compared_;
    bool gives_scores_ = false;  // the only compared output is a list of numbers an image
    Said said_;
};

}  // namespace octavo
