// The order of the passes, with the reason for each place, and the one wrapper that runs them.
#include "core/passes/evaluate.h"
#include "core/passes/passes.h"

#include <array>

namespace octavo {
namespace {

constexpr std::array<Pass, 12> kPasses = {{
    // First, since inference needs constant shapes and all others need inference.
    {"fold_constants", "computes what does not depend on the input", &fold_constants},
    // Before anything is judged by shapes: they must say what belongs to the batch.
    {"free_batch", "makes the batch size free where the model can do any", &free_batch},
    // So that the patterns below need to know one spelling only.
    {"unify_spellings", "Sum of two becomes Add, a spatial ReduceMean becomes GlobalAveragePool", &unify_spellings},
    // So that patterns are not interrupted.
    {"remove_identities", "takes out operators that change nothing", &remove_identities},
    // Behind remove_identities, so that nothing stands between a Pad and its convolution.
    {"fuse_pads", "makes zeros around an image the pads of the convolutions that read it", &fuse_pads},
    // Before fold_batch_norm, which would take the constant factors of these patterns.
    {"fuse_swish", "recognizes SiLU, hard-sigmoid, hard-swish, GELU and Mish in their parts", &fuse_swish},
    // Before fold_batch_norm, which would take epsilon, scale and bias.
    {"fuse_layer_norm", "recognizes layer normalizations in their parts", &fuse_layer_norm},
    // Before fold_batch_norm, which gives it scale and bias.
    {"fuse_group_norm", "recognizes group normalizations in their parts", &fuse_group_norm},
    // Before fold_batch_norm, so that there is a bias to fold into.
    {"give_bias", "gives each product a bias of its own and makes MatMul a Gemm", &give_bias},
    // Before fuse_activations: the activation stands behind the normalization.
    {"fold_batch_norm", "folds factors and summands per channel into products, the rest becomes ScaleShift", &fold_batch_norm},
    {"fuse_activations", "makes activations an attribute of the operator before them", &fuse_activations},
    // What the others have left unread.
    {"remove_dead", "takes out what no output needs", &remove_dead},
}};

Result<void> settle(Graph& graph, const char* name, std::int64_t batch) {
    OCTAVO_CHECK_OK(infer_shapes(graph, batch));
    return check_invariants(graph, name);
}

}  // namespace

std::span<const Pass> passes() {
    return kPasses;
}

Result<void> run_passes(Graph& graph) {
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    if (graph.imported.structure.empty()) graph.imported = fingerprint(graph);
    bool inferable = false;
    for (const Pass& pass : kPasses) {
        OCTAVO_CHECK_OK(pass.run(graph));
        inferable = inferable || pass.run == &free_batch;
        if (inferable) OCTAVO_CHECK_OK(settle(graph, pass.name, kTellingBatch));
    }
    return infer_shapes(graph, 1);
}

}  // namespace octavo
