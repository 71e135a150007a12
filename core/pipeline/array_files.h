// Arrays of a model over a data set as a folder. FOLDER/NUMBER/FILE.npy, numbered by batch from 0; FOLDER/arrays.json tells which file is
// of which tensor, and how many images each batch has: rows behind them are not looked at.
#pragma once

#include "core/base/file_names.h"
#include "core/pipeline/npy.h"
#include "core/pipeline/session.h"
#include "core/pipeline/stage_samples.h"

#include <string>
#include <vector>

namespace octavo {

// What went in and what came out of each batch.
class ArrayWriter {
public:
    explicit ArrayWriter(std::string folder) : folder_(std::move(folder)) {}

    Result<void> add(const Batch& batch, const Session& session);
    Result<void> finish() const;  // behind the last batch

private:
    std::string folder_;
    FileNames names_;
    std::vector<std::size_t> images_;  // [batch]
};

// Outputs that something else has computed, batch by batch; the folder may hold other tensors too.
class OutputReader {
public:
    // `graph` has its shapes filled in. Errors, Code::config: no index, or one that is damaged or lacks an output of the graph.
    static Result<OutputReader> open(std::string folder, const Graph& graph);

    // In the order of the graph's outputs; they live until the next call. Errors, Code::data: the next batch has another number of images,
    // or an array is damaged, or of another type or shape than the graph gives.
    Result<std::vector<octavo_output>> next(std::size_t images);
    Result<void> finish() const;  // behind the last batch

private:
    struct Output {
        Port port;
        bool is_bounded = false;  // its shape is the largest that there can be
        std::string file;         // in the folder of a batch
        Array array = {};
    };
    Result<void> read(Output& output) const;
    std::string index_file() const { return folder_ + "/arrays.json"; }

    std::string folder_;
    std::vector<Output> outputs_;
    std::vector<std::size_t> images_;  // [batch]
    std::size_t next_ = 0;
};

}  // namespace octavo
