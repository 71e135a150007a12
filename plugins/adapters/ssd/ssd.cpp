// ssd: detectors that give places relative to prior boxes, by the conventions of Caffe (priors and variances as an output of the model) and
// of TensorFlow (y before x, scale factors 10 and 5, which are variances 0.1 and 0.2). Priors of a model that has none come from a file.
#include "priors.h"

#include <octavo/detector.h>
#include <octavo/outputs.h>

#include <cmath>

namespace octavo {
namespace {

constexpr octavo_parameter kOwn[] = {
    string("locations", "\"\"", nullptr,
           "name of the output of places, [batch, n, 4] or [batch, n * 4]; empty: the only one of such a shape"),
    string("scores", "\"\"", nullptr,
           "name of the output of scores, [batch, n, classes] or [batch, n * classes]; empty: the only one of such a shape"),
    string("priors", "\"\"", nullptr,
           "name of the output of prior boxes, [1, 2, n * 4] with variances or [1, 1, n * 4] without; empty: the only one of such a shape"),
    path("priors_file", "null", "prior boxes of a model that does not give them: a text with left, top, right, bottom a line"),
    string("units", "\"relative\"", "relative|pixels", "whether priors are in units of the network's input (0 to 1) or in its pixels"),
    string("code", "\"center_size\"", "center_size|corner|corner_size", "what places are relative to, as Caffe's code_type"),
    string("order", "\"xy\"", "xy|yx", "whether a place has x before y (Caffe) or y before x (TensorFlow)"),
    reals("variances", "[]", 0, 1000,
          "factors of a place's x, y, w, h; empty: those of the priors, and 0.1, 0.1, 0.2, 0.2 where they have none"),
    string("activation", "\"softmax\"", kActivations, "what is still to be applied to the scores")};
constexpr auto kParameters = detector_parameters(kOwn, {{"background", "0"}});

// d: the four numbers of a place times their variances.
struct CodeRow {
    std::string_view name;
    Corners (*decode)(const Corners& prior, const float* d);
};
constexpr CodeRow kCodes[] = {
    {"center_size",
     [](const Corners& p, const float* d) {
         const float width = p.right - p.left, height = p.bottom - p.top;
         return around(d[0] * width + (p.left + p.right) / 2, d[1] * height + (p.top + p.bottom) / 2, std::exp(d[2]) * width,
                       std::exp(d[3]) * height);
     }},
    {"corner",
     [](const Corners& p, const float* d) {
         return Corners{p.left + d[0], p.top + d[1], p.right + d[2], p.bottom + d[3]};
     }},
    {"corner_size",
     [](const Corners& p, const float* d) {
         const float width = p.right - p.left, height = p.bottom - p.top;
         return Corners{p.left + d[0] * width, p.top + d[1] * height, p.right + d[2] * width, p.bottom + d[3] * height};
     }},
};

// [batch, n, columns], or [batch, n * columns] with or without axes of length 1.
std::optional<Matrix> rows_of(const octavo_tensor& tensor, std::int64_t row, std::int64_t n) {
    if (const std::optional<Matrix> matrix = matrix_of(tensor, row); matrix && matrix->rows == n) return matrix;
    if (tensor.rank < 2 || tensor.shape[1] < n || tensor.shape[1] % n != 0) return {};
    if (std::any_of(tensor.shape + 2, tensor.shape + tensor.rank, [](std::int64_t length) { return length != 1; })) return {};
    const std::int64_t columns = tensor.shape[1] / n, step = tensor.strides[1];
    return Matrix{static_cast<const float*>(tensor.data) + row * tensor.strides[0], n, columns, columns * step, step};
}

class Ssd final : public Detector {
public:
    static Result<std::unique_ptr<Ssd>> create(const Values& values) {
        auto ssd = std::make_unique<Ssd>(values);
        if (!ssd->variances_.empty() && ssd->variances_.size() != 4)
            return Error(Code::config,
                         "found " + std::to_string(ssd->variances_.size()) + " numbers in \"variances\", expected those of x, y, w, h");
        if (values.has("priors_file")) {
            OCTAVO_TRY(ssd->file_priors_, read_priors(values.text("priors_file")));
        }
        return ssd;
    }
    explicit Ssd(const Values& values)
        : Detector(values),
          locations_(values.text("locations")),
          scores_(values.text("scores")),
          priors_(values.text("priors")),
          is_relative_(values.text("units") == "relative"),
          decode_(std::find_if(std::begin(kCodes), std::end(kCodes),
                               [name = values.text("code")](const CodeRow& row) { return row.name == name; })
                      ->decode),
          is_y_first_(values.text("order") == "yx"),
          variances_(values.reals("variances").begin(), values.reals("variances").end()),
          activation_(activation_of(values.text("activation"))) {}

private:
    Result<void> decode(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry,
                        Candidates& into) override {
        OCTAVO_TRY(const Priors priors, find_priors(outputs));
        const std::int64_t n = priors.boxes.rows;
        OCTAVO_TRY(const octavo_output* const location_output, find_locations(outputs, priors));
        OCTAVO_TRY(const octavo_output* const score_output, find_scores(outputs, priors, *location_output));
        OCTAVO_TRY(const Matrix locations, read(*location_output, row, n, "places"));
        if (locations.columns != 4) return wrong_shape(*location_output, "4 numbers for each of " + std::to_string(n) + " prior boxes");
        OCTAVO_TRY(const Matrix scores, read(*score_output, row, n, "scores"));
        OCTAVO_TRY(const std::span<const std::int32_t> columns, wanted_columns(output_title(*score_output), scores.columns));

        const float width = is_relative_ ? static_cast<float>(geometry.input_width) : 1;
        const float height = is_relative_ ? static_cast<float>(geometry.input_height) : 1;
        into.resize(n, columns.size());
        for (std::int64_t i = 0; i < n; ++i) {
            const Corners box = place(locations, priors, i);
            into.boxes[static_cast<std::size_t>(i)] = {box.left * width, box.top * height, box.right * width, box.bottom * height};
            read_scores(scores, i, columns, activation_, into.scores_of(i));
        }
        return {};
    }

    struct Priors {
        const octavo_output* output = nullptr;  // that they come from, if it is one
        Matrix boxes;
        std::optional<Matrix> variances;
    };

    Corners place(const Matrix& locations, const Priors& priors, std::int64_t i) const {
        constexpr float kVariances[] = {0.1F, 0.1F, 0.2F, 0.2F};
        float d[4];
        for (std::int64_t k = 0; k < 4; ++k) {
            const float variance = !variances_.empty() ? static_cast<float>(variances_[static_cast<std::size_t>(k)])
                                   : priors.variances  ? priors.variances->at(i, k)
                                                       : kVariances[k];
            d[k] = locations.at(i, is_y_first_ ? k ^ 1 : k) * variance;
        }
        return decode_({priors.boxes.at(i, 0), priors.boxes.at(i, 1), priors.boxes.at(i, 2), priors.boxes.at(i, 3)}, d);
    }

    Result<Priors> find_priors(std::span<const octavo_output> outputs) const {
        const auto fits = [](const octavo_output& output) {
            const octavo_tensor& tensor = output.tensor;
            return tensor.rank == 3 && (tensor.shape[1] == 1 || tensor.shape[1] == 2) && tensor.shape[2] >= 4 && tensor.shape[2] % 4 == 0;
        };
        if (!file_priors_.empty()) return Priors{nullptr, {file_priors_.data(), std::ssize(file_priors_) / 4, 4, 4, 1}, {}};
        OCTAVO_TRY(const octavo_output* const output,
                   find_output(outputs, priors_, "priors", "prior boxes [1, 2, n * 4] (\"priors_file\" for a model without)", fits));
        OCTAVO_CHECK_OK(check_output(*output, 0));
        if (!fits(*output)) return wrong_shape(*output, "prior boxes [1, 2, n * 4] or [1, 1, n * 4]");
        const octavo_tensor& tensor = output->tensor;
        const std::int64_t step = tensor.strides[2];
        const Matrix boxes{static_cast<const float*>(tensor.data), tensor.shape[2] / 4, 4, 4 * step, step};
        if (tensor.shape[1] == 1) return Priors{output, boxes, {}};
        Matrix variances = boxes;
        variances.data += tensor.strides[1];
        return Priors{output, boxes, variances};
    }

    Result<const octavo_output*> find_locations(std::span<const octavo_output> outputs, const Priors& priors) const {
        const std::string n = std::to_string(priors.boxes.rows);
        return find_output(outputs, locations_, "locations", "places [batch, " + n + ", 4] or [batch, " + n + " * 4]",
                           [&](const octavo_output& output) {
                               const std::optional<Matrix> rows = rows_of(output.tensor, 0, priors.boxes.rows);
                               return &output != priors.output && rows && rows->columns == 4 && scores_ != output.name;
                           });
    }

    Result<const octavo_output*> find_scores(std::span<const octavo_output> outputs, const Priors& priors,
                                             const octavo_output& locations) const {
        const std::string n = std::to_string(priors.boxes.rows);
        return find_output(outputs, scores_, "scores",
                           "scores [batch, " + n + ", classes] or [batch, " + n + " * classes] beside the places",
                           [&](const octavo_output& output) {
                               return &output != priors.output && &output != &locations && rows_of(output.tensor, 0, priors.boxes.rows);
                           });
    }

    static Result<Matrix> read(const octavo_output& output, std::int64_t row, std::int64_t n, const std::string& what) {
        OCTAVO_CHECK_OK(check_output(output, row));
        const std::optional<Matrix> rows = rows_of(output.tensor, row, n);
        if (!rows) return wrong_shape(output, what + " of " + std::to_string(n) + " prior boxes");
        return *rows;
    }

    std::string locations_, scores_, priors_;
    std::vector<float> file_priors_;  // four numbers a box
    bool is_relative_;
    Corners (*decode_)(const Corners&, const float*);
    bool is_y_first_;
    std::vector<double> variances_;
    Activation activation_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Ssd>("ssd", "1.0.0", "places relative to prior boxes, and their class scores", octavo::kParameters))
