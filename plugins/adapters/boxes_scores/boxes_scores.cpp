// boxes_scores: detectors that decode their boxes themselves: one output of boxes [batch, n, 4], and one of class scores [batch, n,
// classes] or [batch, classes, n].
#include <octavo/detector.h>
#include <octavo/outputs.h>

namespace octavo {
namespace {

constexpr octavo_parameter kOwn[] = {
    string("boxes", "\"\"", nullptr, "name of the output of boxes, [batch, n, 4]; empty: the only one of such a shape"),
    string("scores", "\"\"", nullptr,
           "name of the output of scores, [batch, n, classes] or [batch, classes, n]; empty: the only one of such a shape"),
    string(
        "order", "\"xyxy\"", "xyxy|yxyx|cxcywh|cycxhw|xywh",
        "the four numbers of a box: left, top, right, bottom; centre, width, height; left, top, width, height; y before x where said so"),
    string("units", "\"relative\"", "relative|pixels", "whether boxes are in units of the network's input (0 to 1) or in its pixels"),
    string("activation", "\"none\"", kActivations, "what is still to be applied to the scores")};
constexpr auto kParameters = detector_parameters(kOwn);

struct OrderRow {
    std::string_view name;
    Corners (*corners)(float a, float b, float c, float d);
};
constexpr OrderRow kOrders[] = {
    {"xyxy",
     [](float a, float b, float c, float d) {
         return Corners{a, b, c, d};
     }},
    {"yxyx",
     [](float a, float b, float c, float d) {
         return Corners{b, a, d, c};
     }},
    {"cxcywh", [](float a, float b, float c, float d) { return around(a, b, c, d); }},
    {"cycxhw", [](float a, float b, float c, float d) { return around(b, a, d, c); }},
    {"xywh",
     [](float a, float b, float c, float d) {
         return Corners{a, b, a + c, b + d};
     }},
};

class BoxesScores final : public Detector {
public:
    static Result<std::unique_ptr<BoxesScores>> create(const Values& values) { return std::make_unique<BoxesScores>(values); }
    explicit BoxesScores(const Values& values)
        : Detector(values),
          boxes_(values.text("boxes")),
          scores_(values.text("scores")),
          corners_(std::find_if(std::begin(kOrders), std::end(kOrders),
                                [name = values.text("order")](const OrderRow& row) { return row.name == name; })
                       ->corners),
          is_relative_(values.text("units") == "relative"),
          activation_(activation_of(values.text("activation"))) {}

private:
    Result<void> decode(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry,
                        Candidates& into) override {
        OCTAVO_TRY(const octavo_output* const box_output, find_boxes(outputs));
        OCTAVO_TRY(const Matrix boxes, read_boxes(*box_output, row));
        OCTAVO_TRY(const octavo_output* const score_output, find_scores(outputs, *box_output, boxes.rows));
        OCTAVO_TRY(const Matrix scores, read_scores_of(*score_output, row, boxes.rows));
        OCTAVO_TRY(const std::span<const std::int32_t> columns, wanted_columns(output_title(*score_output), scores.columns));

        const float width = is_relative_ ? static_cast<float>(geometry.input_width) : 1;
        const float height = is_relative_ ? static_cast<float>(geometry.input_height) : 1;
        into.resize(boxes.rows, columns.size());
        for (std::int64_t i = 0; i < boxes.rows; ++i) {
            const Corners box = corners_(boxes.at(i, 0), boxes.at(i, 1), boxes.at(i, 2), boxes.at(i, 3));
            into.boxes[static_cast<std::size_t>(i)] = {box.left * width, box.top * height, box.right * width, box.bottom * height};
            read_scores(scores, i, columns, activation_, into.scores_of(i));
        }
        return {};
    }

    Result<const octavo_output*> find_boxes(std::span<const octavo_output> outputs) const {
        return find_output(outputs, boxes_, "boxes", "boxes [batch, n, 4]", [&](const octavo_output& output) {
            const std::optional<Matrix> matrix = matrix_of(output.tensor, 0);
            return matrix && matrix->columns == 4 && scores_ != output.name;
        });
    }

    Result<const octavo_output*> find_scores(std::span<const octavo_output> outputs, const octavo_output& boxes, std::int64_t count) const {
        const std::string expected =
            "scores [batch, " + std::to_string(count) + ", classes] or [batch, classes, " + std::to_string(count) + "] beside the boxes";
        return find_output(outputs, scores_, "scores", expected, [&](const octavo_output& output) {
            const std::optional<Matrix> matrix = matrix_of(output.tensor, 0);
            return &output != &boxes && matrix && (matrix->rows == count || matrix->columns == count);
        });
    }

    static Result<Matrix> read_boxes(const octavo_output& output, std::int64_t row) {
        OCTAVO_CHECK_OK(check_output(output, row));
        const std::optional<Matrix> matrix = matrix_of(output.tensor, row);
        if (!matrix || matrix->columns != 4) return wrong_shape(output, "boxes [batch, n, 4]");
        return *matrix;
    }

    // With a row for each of `count` boxes.
    static Result<Matrix> read_scores_of(const octavo_output& output, std::int64_t row, std::int64_t count) {
        OCTAVO_CHECK_OK(check_output(output, row));
        const std::optional<Matrix> matrix = matrix_of(output.tensor, row);
        if (matrix && matrix->rows == count) return *matrix;
        if (matrix && matrix->columns == count) return matrix->transposed();
        return wrong_shape(output, "scores of " + std::to_string(count) + " boxes, [batch, n, classes] or [batch, classes, n]");
    }

    std::string boxes_, scores_;
    Corners (*corners_)(float, float, float, float);
    bool is_relative_;
    Activation activation_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::BoxesScores>("boxes_scores", "1.0.0", "boxes that the model decodes, and their class scores",
                                                     octavo::kParameters))
