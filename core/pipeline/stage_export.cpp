// The plan and the models that say the same.
#include "core/pipeline/stage_export.h"

#include "core/base/files.h"
#include "core/formats/onnx/writer.h"
#include "core/formats/openvino/writer.h"

#include <filesystem>

namespace octavo {
namespace {

constexpr const char *kOnnx = "/model.qdq.onnx", *kIr = "/model.int8.xml", *kIrData = "/model.int8.bin", *kReport = "/report.json",
                     *kPlan = "/plan.json", *kDelta = "/plan.delta.bin", *kCosts = "/costs.json";

// What an earlier run has left that speaks of another plan: its model in the other form, and its report until this run has its own.
void forget_other_run(ModelForm form, const std::string& folder) {
    std::error_code ignored;
    const auto remove = [&](std::initializer_list<const char*> names) {
        for (const char* name : names) std::filesystem::remove(folder + name, ignored);
    };
    form == ModelForm::openvino ? remove({kReport, kOnnx}) : remove({kReport, kIr, kIrData});
}

}  // namespace

std::vector<std::string> files_of_runs(const std::string& folder) {
    std::vector<std::string> files;
    for (const char* name : {kOnnx, kIr, kIrData, kReport, kPlan, kDelta, kCosts}) files.push_back(folder + name);
    return files;
}

Result<Exported> export_model(const Model& model, const Plan& plan, ModelForm form, const std::string& folder) {
    Exported exported;
    if (form == ModelForm::openvino) {
        OCTAVO_TRY(IrModel ir, write_ir(model.executed, &plan, "octavo " OCTAVO_VERSION));
        const FileContent files[] = {{folder + kIrData, std::move(ir.binary)}, {folder + kIr, std::move(ir.xml)}};
        OCTAVO_CHECK_OK(write_together(files, Code::data));
        exported.files = {files[1].path, files[0].path};
    } else {
        OCTAVO_CHECK_OK(check_onnx_operators(model.executed));
        OCTAVO_TRY(QdqModel onnx, write_onnx_qdq(model.executed, plan));
        exported.in_float = std::move(onnx.in_float);
        exported.files.push_back(folder + kOnnx);
        OCTAVO_CHECK_OK(write_atomically(exported.files.back(), onnx.bytes, Code::data));
    }
    forget_other_run(form, folder);
    exported.files.push_back(folder + kPlan);
    OCTAVO_CHECK_OK(save_plan(plan, exported.files.back()));
    std::error_code ignored;
    const std::string delta = folder + kDelta;
    if (!plan.replaced.empty() && std::filesystem::exists(delta, ignored)) exported.files.push_back(delta);
    return exported;
}

}  // namespace octavo
