// classes: takes one output of the model as scores of classes, larger is likelier, and hands them on sample by sample. Scores of classes
// that only the model knows (a leading background class) are left out, so that index 0 means the data set's first class.
#include <octavo/adapter.h>
#include <octavo/outputs.h>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    string("output", "\"\"", nullptr, "name of the output that holds the scores; empty: the first"),
    integer("label_offset", "0", 0, 1000000,
            "index of the data set's class 0 among the outputs: 1 for models with a leading background class")};

// The only axis behind the batch that is longer than one; axis 1 where all are one.
std::optional<std::int32_t> class_axis(const octavo_tensor& tensor) {
    std::int32_t found = 1;
    std::int32_t long_axes = 0;
    for (std::int32_t axis = 1; axis < tensor.rank; ++axis) {
        if (tensor.shape[axis] == 1) continue;
        found = axis;
        ++long_axes;
    }
    return tensor.rank >= 2 && long_axes <= 1 ? std::optional(found) : std::nullopt;
}

class Classes final : public Adapter {
public:
    static Result<std::unique_ptr<Classes>> create(const Values& values) {
        return std::make_unique<Classes>(values.text("output"), values.integer("label_offset"));
    }
    Classes(std::string output, std::int64_t offset) : output_(std::move(output)), offset_(offset) {}

    Result<void> adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries, const Sink& sink) override {
        const bool is_first = output_.empty() && !outputs.empty();
        OCTAVO_TRY(const octavo_output* const output, find_output(outputs, is_first ? outputs[0].name : output_));
        const octavo_tensor& tensor = output->tensor;
        OCTAVO_TRY(const std::int32_t axis, check(*output, geometries.size()));
        std::vector<float> scores(static_cast<std::size_t>(tensor.shape[axis] - offset_));
        const float* const data = static_cast<const float*>(tensor.data);
        for (std::int64_t row = 0; row < static_cast<std::int64_t>(geometries.size()); ++row) {
            const float* from = data + row * tensor.strides[0] + offset_ * tensor.strides[axis];
            for (float& score : scores) {
                score = *from;
                from += tensor.strides[axis];
            }
            sink(row, blob_of<float>(OCTAVO_BLOB_CLASS_SCORES, scores));
        }
        return {};
    }

private:
    // The axis of the classes, in a tensor with a row for each sample and a score for each class.
    Result<std::int32_t> check(const octavo_output& output, std::size_t samples) const {
        const octavo_tensor& tensor = output.tensor;
        const std::string found = output_title(output) + ": found shape " + shape_text(tensor);
        if (tensor.type != OCTAVO_F32) return Error(Code::model, output_title(output) + ": expected float32 scores");
        const std::optional<std::int32_t> axis = class_axis(tensor);
        if (!axis) {
            return Error(Code::model, found +
                                          ", expected [batch, classes] or [batch, classes, 1, 1]; name another one with \"output\", or use "
                                          "the adapter of another task");
        }
        if (tensor.shape[0] < static_cast<std::int64_t>(samples)) {
            return Error(Code::model, found + ", expected a row for each of " + std::to_string(samples) + " samples");
        }
        if (tensor.shape[*axis] <= offset_) {
            return Error(Code::config, found + ", which leaves no class behind \"label_offset\" " + std::to_string(offset_));
        }
        return *axis;
    }

    std::string output_;
    std::int64_t offset_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Classes>("classes", "1.0.0", "scores of classes from one output", octavo::kParameters))
