// The plan and the models that say the same.
#include "core/pipeline/stage_export.h"

#include "core/base/files.h"
#include "core/formats/openvino/writer.h"

#include <filesystem>

namespace octavo {
namespace {

// What an earlier run into this folder has left, and this one does not write anew: the model in the other form speaks of another plan, and
// so does the report until this run has its own.
void forget_other_run(ModelForm form, const std::string& folder) {
    std::error_code ignored;
    for (const char* name : {"/report.json", form == ModelForm::openvino ? "/model.qdq.onnx" : "/model.int8.xml",
                             form == ModelForm::openvino ? "/model.qdq.onnx" : "/model.int8.bin"})
        std::filesystem::remove(folder + name, ignored);
}

}  // namespace

Result<Exported> export_model(const Model& model, const Plan& plan, ModelForm form, const std::string& folder) {
    Exported exported;
    if (form == ModelForm::openvino) {
        OCTAVO_TRY(IrModel ir, write_ir(model.executed, &plan, "octavo " OCTAVO_VERSION));
        const FileContent files[] = {{folder + "/model.int8.bin", std::move(ir.binary)}, {folder + "/model.int8.xml", std::move(ir.xml)}};
        OCTAVO_CHECK_OK(write_together(files, Code::data));
        exported.files = {files[1].path, files[0].path};
    } else {
        OCTAVO_TRY(QdqModel onnx, write_onnx_qdq(model.executed, plan));
        exported.unfused = std::move(onnx.unfused);
        exported.files.push_back(folder + "/model.qdq.onnx");
        OCTAVO_CHECK_OK(write_atomically(exported.files.back(), onnx.bytes, Code::data));
    }
    forget_other_run(form, folder);
    exported.files.push_back(folder + "/plan.json");
    OCTAVO_CHECK_OK(save_plan(plan, exported.files.back()));
    std::error_code ignored;
    const std::string delta = folder + "/plan.delta.bin";
    if (!plan.replaced.empty() && std::filesystem::exists(delta, ignored)) exported.files.push_back(delta);
    return exported;
}

}  // namespace octavo
