// raw_top1: reads the model's outputs itself, as the adapter `tensors` hands them on: the share of samples whose class has the largest
// value.
#include <octavo/abi/adapter.h>
#include <octavo/metric.h>
#include <octavo/tensor.h>

namespace {

using namespace octavo;

class RawTop1 final : public Metric {
public:
    static Result<std::unique_ptr<RawTop1>> create(const Values&) { return std::make_unique<RawTop1>(); }

    void reset() override { samples_ = right_ = 0; }

    Result<double> add(const octavo_blob& prediction, const octavo_blob& annotation) override {
        OCTAVO_TRY(const std::span<const octavo_output> outputs,
                   values_of<octavo_output>(prediction, OCTAVO_BLOB_TENSORS, "the prediction"));
        OCTAVO_TRY(const std::span<const std::int64_t> label, values_of<std::int64_t>(annotation, OCTAVO_BLOB_CLASS, "the annotation"));
        const octavo_tensor& scores = outputs[0].tensor;
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < scores.shape[1]; ++k)
            if (value_at(scores, {0, k}) > value_at(scores, {0, best})) best = k;
        ++samples_;
        right_ += best == label[0] ? 1 : 0;
        return best == label[0] ? 1.0 : 0.0;
    }

    Result<std::vector<Figure>> result() const override {
        return std::vector<Figure>{{"right", 100.0 * static_cast<double>(right_) / static_cast<double>(samples_), "%", true, true}};
    }

private:
    std::int64_t samples_ = 0, right_ = 0;
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<RawTop1>("raw_top1", "0.1.0", "share of samples whose class has the largest value", {}))
