// corner_boxes: a detector whose only output is [batch, n, 4 + classes], corners in pixels and scores.
#include <octavo/detector.h>
#include <octavo/outputs.h>

namespace {

using namespace octavo;

constexpr octavo_parameter kOwn[] = {string("output", "\"\"", nullptr, "name of the output; empty: the only one")};
constexpr auto kParameters = detector_parameters(kOwn, {{"score_threshold", "0.3"}});

class CornerBoxes final : public Detector {
public:
    static Result<std::unique_ptr<CornerBoxes>> create(const Values& values) { return std::make_unique<CornerBoxes>(values); }
    explicit CornerBoxes(const Values& values) : Detector(values), output_(values.text("output")) {}

private:
    Result<void> decode(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry&, Candidates& into) override {
        OCTAVO_TRY(const octavo_output* const output,
                   find_output(outputs, output_, "output", "[batch, n, 4 + classes]",
                               [](const octavo_output& o) { return matrix_of(o.tensor, 0).has_value(); }));
        OCTAVO_CHECK_OK(check_output(*output, row));
        const std::optional<Matrix> all = matrix_of(output->tensor, row);
        if (!all || all->columns < 5) return wrong_shape(*output, "[batch, n, 4 + classes]");
        OCTAVO_TRY(const auto columns, wanted_columns(output_title(*output), all->columns - 4));
        Matrix scores = *all;
        scores.data += 4 * scores.column_step;
        scores.columns -= 4;
        into.resize(all->rows, columns.size());
        for (std::int64_t i = 0; i < all->rows; ++i) {
            into.boxes[static_cast<std::size_t>(i)] = {all->at(i, 0), all->at(i, 1), all->at(i, 2), all->at(i, 3)};
            read_scores(scores, i, columns, Activation::none, into.scores_of(i));
        }
        return {};
    }

    std::string output_;
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<CornerBoxes>("corner_boxes", "0.1.0", "corners and scores in one output", kParameters))
