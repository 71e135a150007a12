// yolo: heads of the YOLO family, one cell of a grid a candidate. "darknet": an output a head, [batch, anchors * (5 + classes), height,
// width], the channels of an anchor being x, y, w, h, objectness and classes (YOLOv3, YOLOv4 and their small kin). "yolox": one output
// [batch, cells, 5 + classes] of all grids one after another, row by row, without anchors. A score is objectness times class.
#include <octavo/detector.h>
#include <octavo/outputs.h>

#include <cmath>

namespace octavo {
namespace {

constexpr octavo_parameter kOwn[] = {
    string("form", "\"darknet\"", "darknet|yolox", "an output a head with anchors, or one of all cells without"),
    strings("outputs", "[]", "names of the outputs, in the order of anchors; empty: all of the model, in its order"),
    reals("anchors", "[]", 0, 1000000, "darknet: width, height of each anchor in pixels of the input, an equal number for each head"),
    reals("scale_x_y", "[1]", 1, 4, "darknet: how far centres reach out of their cell; one number, or one a head"),
    boolean("new_coords", "false", "darknet: sizes are (2 w)^2 and (2 h)^2 times the anchor in place of exp(w) and exp(h)"),
    integers("strides", "[8, 16, 32]", 1, 1024, "yolox: pixels of a cell, for each grid"),
    string("activation", "null", "none|sigmoid",
           "what is still to be applied to objectness and classes, with darknet to x and y (new_coords: w, h) too; null: darknet sigmoid, "
           "yolox none")};
constexpr auto kParameters = detector_parameters(kOwn);

using Outputs = std::vector<const octavo_output*>;

class Yolo final : public Detector {
public:
    static Result<std::unique_ptr<Yolo>> create(const Values& values) {
        auto yolo = std::make_unique<Yolo>(values);
        if (yolo->is_darknet_ && (yolo->anchors_.empty() || yolo->anchors_.size() % 2 != 0))
            return Error(Code::config, "found " + std::to_string(yolo->anchors_.size()) +
                                           " numbers in \"anchors\", expected width and height of each anchor");
        return yolo;
    }
    explicit Yolo(const Values& values)
        : Detector(values),
          is_darknet_(values.text("form") == "darknet"),
          names_(values.texts("outputs")),
          anchors_(values.reals("anchors").begin(), values.reals("anchors").end()),
          scales_(values.reals("scale_x_y").begin(), values.reals("scale_x_y").end()),
          new_coords_(values.boolean("new_coords")),
          strides_(values.integers("strides").begin(), values.integers("strides").end()),
          has_sigmoid_(values.has("activation") ? values.text("activation") == "sigmoid" : is_darknet_) {}

private:
    Result<void> decode(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry,
                        Candidates& into) override {
        OCTAVO_TRY(const Outputs heads, find(outputs));
        for (const octavo_output* const head : heads) OCTAVO_CHECK_OK(check_output(*head, row));
        return is_darknet_ ? decode_heads(heads, row, geometry, into) : decode_cells(heads, row, geometry, into);
    }

    Result<Outputs> find(std::span<const octavo_output> outputs) const {
        Outputs found;
        if (names_.empty())
            for (const octavo_output& output : outputs) found.push_back(&output);
        for (const std::string& name : names_) {
            OCTAVO_TRY(const octavo_output* const output, find_output(outputs, name));
            found.push_back(output);
        }
        return found;
    }

    float activated(float x) const { return has_sigmoid_ ? sigmoid(x) : x; }

    void read_candidate_scores(const float* channels, std::int64_t step, std::span<const std::int32_t> columns, float* out) const {
        const float objectness = activated(channels[4 * step]);
        for (const std::int32_t column : columns) *out++ = objectness * activated(channels[(5 + column) * step]);
    }

    // ---- darknet

    Result<void> decode_heads(const Outputs& heads, std::int64_t row, const octavo_geometry& geometry, Candidates& into) {
        OCTAVO_TRY(const std::int64_t channels, channels_of_anchor(heads));
        OCTAVO_TRY(const std::span<const std::int32_t> columns, wanted_columns(output_title(*heads[0]), channels - 5));
        std::int64_t count = 0;
        for (const octavo_output* const head : heads)
            count += head->tensor.shape[1] / channels * head->tensor.shape[2] * head->tensor.shape[3];
        into.resize(count, columns.size());
        std::int64_t number = 0;
        for (std::size_t i = 0; i < heads.size(); ++i) {
            const std::size_t anchors = anchors_.size() / 2 / heads.size();
            for (std::size_t anchor = 0; anchor < anchors; ++anchor) {
                octavo_tensor map = row_of(heads[i]->tensor, row);
                map.data = static_cast<float*>(map.data) + static_cast<std::int64_t>(anchor) * channels * map.strides[1];
                const Prior prior = {anchors_[2 * (i * anchors + anchor)], anchors_[2 * (i * anchors + anchor) + 1],
                                     scales_[scales_.size() > 1 ? i : 0]};
                number = decode_map(map, prior, geometry, columns, number, into);
            }
        }
        return {};
    }

    struct Prior {
        double width, height, scale_x_y;
    };

    // All cells of an anchor, whose channels begin the map. Returns the number of the next candidate.
    std::int64_t decode_map(const octavo_tensor& map, const Prior& prior, const octavo_geometry& geometry,
                            std::span<const std::int32_t> columns, std::int64_t number, Candidates& into) const {
        const std::int64_t rows = map.shape[2], cols = map.shape[3], step = map.strides[1];
        const float cell_width = static_cast<float>(geometry.input_width) / static_cast<float>(cols);
        const float cell_height = static_cast<float>(geometry.input_height) / static_cast<float>(rows);
        const auto scale = static_cast<float>(prior.scale_x_y);
        const auto place = [&](float x, std::int64_t cell) { return activated(x) * scale - (scale - 1) / 2 + static_cast<float>(cell); };
        const auto size = [&](float x) {
            if (!new_coords_) return std::exp(x);
            const float twice = 2 * activated(x);
            return twice * twice;
        };
        for (std::int64_t y = 0; y < rows; ++y) {
            for (std::int64_t x = 0; x < cols; ++x, ++number) {
                const float* const at = static_cast<const float*>(map.data) + y * map.strides[2] + x * map.strides[3];
                into.boxes[static_cast<std::size_t>(number)] =
                    around(place(at[0], x) * cell_width, place(at[step], y) * cell_height,
                           size(at[2 * step]) * static_cast<float>(prior.width), size(at[3 * step]) * static_cast<float>(prior.height));
                read_candidate_scores(at, step, columns, into.scores_of(number));
            }
        }
        return number;
    }

    // 5 + classes, the same for all heads.
    Result<std::int64_t> channels_of_anchor(const Outputs& heads) const {
        const std::size_t anchors = anchors_.size() / 2;
        if (heads.empty() || anchors % heads.size() != 0)
            return Error(Code::config, "found " + std::to_string(anchors) + " anchors and " + std::to_string(heads.size()) +
                                           " outputs, expected an equal number of anchors for each; name the heads with \"outputs\"");
        if (scales_.size() != 1 && scales_.size() != heads.size())
            return Error(Code::config, "found " + std::to_string(scales_.size()) +
                                           " numbers in \"scale_x_y\", expected one, or one for each of " + std::to_string(heads.size()) +
                                           " outputs");
        const auto each = static_cast<std::int64_t>(anchors / heads.size());
        const std::int64_t channels = heads[0]->tensor.rank == 4 ? heads[0]->tensor.shape[1] / each : 0;
        for (const octavo_output* const head : heads)
            if (head->tensor.rank != 4 || channels < 6 || head->tensor.shape[1] != each * channels)
                return wrong_shape(*head, "[batch, " + std::to_string(each) + " anchors * (5 + classes), height, width]");
        return channels;
    }

    // ---- yolox

    Result<void> decode_cells(const Outputs& outputs, std::int64_t row, const octavo_geometry& geometry, Candidates& into) {
        if (outputs.size() != 1)
            return Error(Code::config, "found " + std::to_string(outputs.size()) +
                                           " outputs, expected one [batch, cells, 5 + classes]; name it with \"outputs\"");
        const octavo_output& output = *outputs[0];
        const std::optional<Matrix> cells = matrix_of(output.tensor, row);
        if (!cells || cells->columns < 6) return wrong_shape(output, "[batch, cells, 5 + classes]");
        OCTAVO_CHECK_OK(check_cells(output, cells->rows, geometry));
        OCTAVO_TRY(const std::span<const std::int32_t> columns, wanted_columns(output_title(output), cells->columns - 5));
        into.resize(cells->rows, columns.size());
        std::int64_t number = 0;
        for (const std::int64_t stride : strides_) {
            const auto pixels = static_cast<float>(stride);
            for (std::int64_t y = 0; y < geometry.input_height / stride; ++y) {
                for (std::int64_t x = 0; x < geometry.input_width / stride; ++x, ++number) {
                    const auto at = [&](std::int64_t column) { return cells->at(number, column); };
                    into.boxes[static_cast<std::size_t>(number)] =
                        around((at(0) + static_cast<float>(x)) * pixels, (at(1) + static_cast<float>(y)) * pixels, std::exp(at(2)) * pixels,
                               std::exp(at(3)) * pixels);
                    read_candidate_scores(cells->data + number * cells->row_step, cells->column_step, columns, into.scores_of(number));
                }
            }
        }
        return {};
    }

    Result<void> check_cells(const octavo_output& output, std::int64_t found, const octavo_geometry& geometry) const {
        std::int64_t expected = 0;
        std::string strides;
        for (const std::int64_t stride : strides_) {
            expected += (geometry.input_width / stride) * (geometry.input_height / stride);
            strides += (strides.empty() ? "" : ", ") + std::to_string(stride);
        }
        if (found == expected) return {};
        return Error(Code::config, output_title(output) + ": found " + std::to_string(found) + " cells, expected the " +
                                       std::to_string(expected) + " of \"strides\" " + strides + " in an input of " +
                                       std::to_string(geometry.input_width) + "x" + std::to_string(geometry.input_height));
    }

    bool is_darknet_;
    std::vector<std::string> names_;
    std::vector<double> anchors_, scales_;
    bool new_coords_;
    std::vector<std::int64_t> strides_;
    bool has_sigmoid_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Yolo>("yolo", "1.0.0", "heads of YOLOv3, YOLOv4 and YOLOX", octavo::kParameters))
