// tensors: no interpretation. Each sample's prediction is its row of every output, as a view; the metric says what they mean.
#include <octavo/adapter.h>

#include <vector>

namespace octavo {
namespace {

class Tensors final : public Adapter {
public:
    static Result<std::unique_ptr<Tensors>> create(const Values&) { return std::make_unique<Tensors>(); }

    Result<void> adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries, const Sink& sink) override {
        const auto samples = static_cast<std::int64_t>(geometries.size());
        for (const octavo_output& output : outputs) {
            if (output.tensor.rank < 1 || output.tensor.shape[0] < samples)
                return Error(Code::model, "output '" + std::string(output.name) + "': found shape " + shape_text(output.tensor) +
                                              ", expected a row for each of " + std::to_string(samples) + " samples");
        }
        std::vector<octavo_output> rows(outputs.begin(), outputs.end());
        for (std::int64_t sample = 0; sample < samples; ++sample) {
            for (std::size_t i = 0; i < rows.size(); ++i) rows[i].tensor = row_of(outputs[i].tensor, sample);
            sink(sample, blob_of<octavo_output>(OCTAVO_BLOB_TENSORS, rows));
        }
        return {};
    }
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Tensors>("tensors", "1.0.0", "the outputs as they are, for a metric that reads them itself", {}))
