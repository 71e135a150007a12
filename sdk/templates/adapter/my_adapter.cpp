// my_adapter: the first output, [batch, classes], as class scores, divided by a temperature.
#include <octavo/adapter.h>

#include <vector>

namespace {

using namespace octavo;

// Declared once: `octavo plugins describe`, the checks of configs and the defaults come from here.
constexpr octavo_parameter kParameters[] = {real("temperature", "1", 0.001, 1000, "what scores are divided by")};

class MyAdapter final : public Adapter {
public:
    static Result<std::unique_ptr<MyAdapter>> create(const Values& values) {
        return std::make_unique<MyAdapter>(static_cast<float>(values.real("temperature")));
    }
    explicit MyAdapter(float temperature) : temperature_(temperature) {}

    // `geometries` says for each sample what preprocessing did to its image, so that places in the network's input can be led back.
    Result<void> adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries, const Sink& sink) override {
        const octavo_tensor& tensor = outputs[0].tensor;
        if (tensor.rank != 2) return Error(Code::model, "found an output of shape " + shape_text(tensor) + ", expected [batch, classes]");
        std::vector<float> scores(static_cast<std::size_t>(tensor.shape[1]));
        for (std::int64_t sample = 0; sample < static_cast<std::int64_t>(geometries.size()); ++sample) {
            for (std::int64_t i = 0; i < tensor.shape[1]; ++i)
                scores[static_cast<std::size_t>(i)] = value_at(tensor, {sample, i}) / temperature_;
            sink(sample, blob_of<float>(OCTAVO_BLOB_CLASS_SCORES, scores));
        }
        return {};
    }

private:
    float temperature_;
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<MyAdapter>("my_adapter", "0.1.0", "class scores out of the first output", kParameters))
