// The plan and the models that say the same.
#include "core/pipeline/stage_export.h"

#include "core/base/files.h"

#include <filesystem>

namespace octavo {

Result<Exported> export_model(const Model& model, const Plan& plan, const std::string& folder) {
    OCTAVO_TRY(QdqModel onnx, write_onnx_qdq(model.executed, plan));
    Exported exported{{}, std::move(onnx.unfused)};
    exported.files.push_back(folder + "/model.qdq.onnx");
    OCTAVO_CHECK_OK(write_atomically(exported.files.back(), onnx.bytes, Code::data));
    exported.files.push_back(folder + "/plan.json");
    OCTAVO_CHECK_OK(save_plan(plan, exported.files.back()));
    std::error_code ignored;
    const std::string delta = folder + "/plan.delta.bin";
    if (!plan.replaced.empty() && std::filesystem::exists(delta, ignored)) exported.files.push_back(delta);
    return exported;
}

}  // namespace octavo
