// detection_output: detectors that end with the layer of that name (SSD of Caffe, Open Model Zoo): rows [1, 1, n, 7] of image, label,
// score, left, top, right, bottom, places in units of the input, chosen and suppressed already. The first row whose image is below 0 ends
// them.
#include <octavo/detector.h>
#include <octavo/outputs.h>

#include <cmath>

namespace octavo {
namespace {

constexpr octavo_parameter kOwn[] = {
    string("output", "\"\"", nullptr, "name of the output [1, 1, n, 7]; empty: the only one of such a shape")};
constexpr auto kParameters = detector_parameters(kOwn, {{"background", "0"}, {"nms_iou", "1"}});

constexpr double kSameObject = 0.5;           // least overlap
constexpr std::int64_t kMostColumns = 65536;  // of a model whose classes nobody names

// [1, 1, n, 7], and the same with fewer or more axes of length 1 in front.
std::optional<Matrix> table_of(const octavo_tensor& tensor) {
    if (tensor.rank < 2 || tensor.type != OCTAVO_F32) return {};
    const std::int32_t last = tensor.rank - 1;
    if (tensor.shape[last] != 7 || std::any_of(tensor.shape, tensor.shape + last - 1, [](std::int64_t length) { return length != 1; }))
        return {};
    return Matrix{static_cast<const float*>(tensor.data), tensor.shape[last - 1], 7, tensor.strides[last - 1], tensor.strides[last]};
}

class DetectionOutput final : public Detector {
public:
    static Result<std::unique_ptr<DetectionOutput>> create(const Values& values) { return std::make_unique<DetectionOutput>(values); }
    explicit DetectionOutput(const Values& values)
        : Detector(values), output_(values.text("output")), background_(values.integer("background")) {}

private:
    // A candidate has a score in the column of its label alone.
    Result<void> decode(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry,
                        Candidates& into) override {
        OCTAVO_TRY(const octavo_output* const output, find_output(outputs, output_, "output", "rows [1, 1, n, 7]",
                                                                  [](const octavo_output& o) { return table_of(o.tensor).has_value(); }));
        const std::optional<Matrix> table = table_of(output->tensor);
        if (!table) return wrong_shape(*output, "rows [1, 1, n, 7] of f32");
        std::int64_t rows = 0, most = -1;
        for (; rows < table->rows && table->at(rows, 0) >= 0; ++rows) most = std::max(most, label_at(*table, rows));
        OCTAVO_TRY(const std::span<const std::int32_t> columns, columns_up_to(*output, most));

        const auto width = static_cast<float>(geometry.input_width), height = static_cast<float>(geometry.input_height);
        into.resize(0, columns.size());
        for (std::int64_t i = 0; i < rows; ++i) {
            if (std::llround(table->at(i, 0)) != row) continue;
            const auto column = std::find(columns.begin(), columns.end(), label_at(*table, i));
            if (column == columns.end()) continue;
            const auto number = static_cast<std::int64_t>(into.boxes.size());
            into.resize(number + 1, columns.size());
            into.boxes.back() = {table->at(i, 3) * width, table->at(i, 4) * height, table->at(i, 5) * width, table->at(i, 6) * height};
            into.scores_of(number)[column - columns.begin()] = table->at(i, 2);
        }
        return {};
    }

    // Rows have no place of their own, so they are matched: each expected one, the best first, with the found one of its class that
    // overlaps most and is not taken. What is left over on either side counts as if the other had it with score 0.
    Result<Energies> difference(const Candidates& expected, const Candidates& found) const override {
        Energies sum;
        const std::vector<Row> wanted = rows_of(expected);
        std::vector<Row> left = rows_of(found);
        for (const Row& want : wanted) {
            const double energy = double{want.score} * want.score;
            sum.signal += energy;
            const auto shared = [&](const Row& row) { return row.column == want.column ? overlap(row.box, want.box) : 0; };
            const auto best = std::max_element(left.begin(), left.end(), [&](const Row& a, const Row& b) { return shared(a) < shared(b); });
            if (best == left.end() || shared(*best) <= kSameObject) {
                sum.noise += energy;
                continue;
            }
            const double apart = double{want.score} - best->score, lost = 1 - shared(*best);
            sum.noise += apart * apart + energy * lost * lost;
            left.erase(best);
        }
        for (const Row& row : left) sum.noise += double{row.score} * row.score;
        return sum;
    }

    struct Row {
        Corners box;
        std::size_t column;
        float score;
    };
    static std::vector<Row> rows_of(const Candidates& candidates) {
        std::vector<Row> rows;
        for (std::size_t i = 0; i < candidates.boxes.size(); ++i) {
            const std::span<const float> scores = candidates.scores_of(i);
            const auto best = std::max_element(scores.begin(), scores.end());
            rows.push_back({candidates.boxes[i], static_cast<std::size_t>(best - scores.begin()), *best});
        }
        std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
        return rows;
    }

    static std::int64_t label_at(const Matrix& table, std::int64_t row) { return std::llround(table.at(row, 1)); }

    // The rows do not say how many classes there are, only the greatest label among them.
    Result<std::span<const std::int32_t>> columns_up_to(const octavo_output& output, std::int64_t label) {
        const std::optional<std::int64_t> expected = class_map().expected_columns();
        const std::int64_t most = expected.value_or(kMostColumns);
        if (label < most) return wanted_columns(output_title(output), expected ? most : std::max(label, background_) + 1);
        return Error(Code::config, output_title(output) + ": found label " + std::to_string(label) + ", expected labels below " +
                                       std::to_string(most) + "; name the model's classes with \"labels\", and set \"background\"");
    }

    std::string output_;
    std::int64_t background_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::DetectionOutput>("detection_output", "1.0.0", "boxes that the model has decoded and chosen",
                                                         octavo::kParameters))
