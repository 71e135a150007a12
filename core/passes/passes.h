// Passes: rewrites of a graph, one a file, in the order of pipeline.cpp. Each takes a graph whose shapes are inferred and leaves one that
// computes the same outputs from the same inputs up to rounding, with the same names for inputs and outputs; nothing else about the
// model's behaviour may change. A pass may leave shapes of new tensors to the next inference.
#pragma once

#include "core/graph/graph.h"

#include <span>

namespace octavo {

struct Pass {
    const char* name;
    const char* summary;
    Result<void> (*run)(Graph& graph);
};

// In the order in which `run_passes` applies them.
std::span<const Pass> passes();

// All of them, with inference and a check of the invariants after each. Records the graph's fingerprint in `imported` first; leaves shapes
// inferred for batch 1 (or for the only batch size that the model can do).
Result<void> run_passes(Graph& graph);

Result<void> fold_constants(Graph& graph);
Result<void> free_batch(Graph& graph);
Result<void> unify_spellings(Graph& graph);
Result<void> remove_identities(Graph& graph);
Result<void> fuse_pads(Graph& graph);
Result<void> fuse_swish(Graph& graph);
Result<void> fuse_layer_norm(Graph& graph);
Result<void> fuse_group_norm(Graph& graph);
Result<void> give_bias(Graph& graph);
Result<void> fold_batch_norm(Graph& graph);
Result<void> fuse_activations(Graph& graph);
Result<void> remove_dead(Graph& graph);

// Not part of `run_passes`, which quantized models go through as well. Shapes stay inferred, the invariants are checked.
Result<void> merge_convolutions(Graph& graph);
Result<void> unfold_transposed(Graph& graph);

// Not part of `run_passes`: calibration looks at both operands of an addition, so it runs on the graph before this. Afterwards shapes are
// inferred and the invariants checked, as for the others.
Result<void> fuse_residuals(Graph& graph);

}  // namespace octavo
