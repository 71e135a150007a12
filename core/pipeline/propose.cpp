// The config is written as text, line by line, and read back before it is handed on, so that a proposal always runs.
#include "core/pipeline/propose.h"

#include "core/base/text.h"
#include "core/pipeline/near_chance.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

namespace octavo {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::int64_t kCalibrationImages = 300;

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

// JSON in one line, as people write it.
std::string line_of(const json::value& value) {
    std::vector<std::string> parts;
    if (const json::object* object = value.if_object()) {
        for (const auto& member : *object) parts.push_back(json::serialize(json::string(member.key())) + ": " + line_of(member.value()));
        return "{" + join(parts, ", ") + "}";
    }
    if (const json::array* array = value.if_array()) {
        for (const json::value& element : *array) parts.push_back(line_of(element));
        return "[" + join(parts, ", ") + "]";
    }
    return value.is_double() ? number(value.get_double()) : json::serialize(value);
}

// Relative to the config where that is not further away than two folders up.
std::string path_from(const std::string& config_file, const std::string& path) {
    const fs::path folder = fs::absolute(config_file).lexically_normal().parent_path(), target = fs::absolute(path).lexically_normal();
    const std::string relative = target.lexically_relative(folder).string();
    return relative.empty() || relative.starts_with("../../..") ? target.string() : relative;
}

// Scores of one image in an output: its length where it is a list of numbers, 0 where it is no such list.
std::int64_t class_count(const Port& output) {
    std::int64_t classes = 1, long_axes = 0;
    for (std::size_t axis = 1; axis < output.shape.size(); ++axis) {
        classes *= output.shape[axis];
        long_axes += output.shape[axis] > 1 ? 1 : 0;
    }
    return output.type == OCTAVO_F32 && long_axes == 1 ? classes : 0;
}

class Proposer {
public:
    explicit Proposer(const ProposeRequest& request) : request_(request) {}

    Result<Proposal> go() {
        OCTAVO_CHECK_OK(look_at_model());
        OCTAVO_TRY(data_, find_data(request_.registry, request_.images, request_.list));
        OCTAVO_CHECK_OK(find_plugins());
        look_at_data();
        if (is_measurable_) OCTAVO_CHECK_OK(run_trial());
        write_config();
        const std::string folder = fs::absolute(request_.config_file).parent_path().string();
        const Result<Config> read = parse_config(proposal_.config, request_.config_file, folder, request_.registry);
        if (!read) return read.error().within("the proposed config");
        return std::move(proposal_);
    }

private:
    Result<void> look_at_model() {
        OCTAVO_TRY(model_, load_model(request_.model));
        OCTAVO_TRY(const Graph graph, with_batch_if_free(model_.executed, 1));
        const std::vector<Port> inputs = ports_of(graph, graph.inputs), outputs = ports_of(graph, graph.outputs);
        OCTAVO_TRY(shape_, image_shape(inputs));
        classes_ = outputs.empty() ? 0 : class_count(outputs[0]);
        const bool ends_in_softmax = !model_.compared.empty() && model_.compared[0].tensor != model_.compared[0].output;
        std::string text =
            "The model takes " + ops::shape_text(std::span(inputs[0].shape).subspan(1)) + " ('" + inputs[0].name + "') and gives ";
        if (classes_ > 0)
            text += std::to_string(classes_) + " class scores ('" + outputs[0].name + "'), " + (ends_in_softmax ? "with" : "without") +
                    " a softmax at the end";
        else
            text += outputs.size() == 1 ? "an output that is no list of class scores"
                                        : std::to_string(outputs.size()) + " outputs that are no class scores";
        proposal_.seen.push_back(text);
        return {};
    }

    Result<void> find_plugins() {
        adapter_ = request_.registry.find(OCTAVO_ADAPTER, OCTAVO_DEFAULT_ADAPTER);
        metric_ = request_.registry.find(OCTAVO_METRIC, OCTAVO_DEFAULT_METRIC);
        if (adapter_ && metric_) return {};
        return Error(Code::config, "the adapter '" OCTAVO_DEFAULT_ADAPTER "' or the metric '" OCTAVO_DEFAULT_METRIC
                                   "' was not found (octavo plugins list says where plugins are looked for)");
    }

    void look_at_data() {
        const std::string samples = counted(data_.samples, "image") + " ";
        const std::string labels = data_.classes > 0 ? " with labels of " + counted(data_.classes, "class", "classes") : " without labels";
        const std::string place = data_.lists.empty() ? (data_.classes > 0 ? "in class folders" : "in a folder") : "in " + data_.lists[0];
        proposal_.seen.push_back("Data set '" + std::string(data_.plugin->name()) + "': " + samples + place + labels);
        is_measurable_ = data_.classes > 0 && classes_ > 0 && data_.most_label < classes_;
        if (is_measurable_) return;
        if (classes_ == 0)
            proposal_.checks.push_back("the outputs are no class scores: accuracy needs an adapter and a metric for them");
        else if (data_.classes > 0)
            proposal_.checks.push_back("labels go from " + std::to_string(data_.least_label) + " to " + std::to_string(data_.most_label) +
                                       ", the model's classes from 0 to " + std::to_string(classes_ - 1) +
                                       (data_.least_label > 0 ? ": count labels from 0" : ": these images are of other classes"));
        look_for_boxes();
        const std::string look_up = "Look up how the model was trained: order of the channels (RGB, BGR), mean and scale, resize and crop";
        if (classes_ == 0)
            proposal_.checks.push_back("nothing was tried, as that takes a model of class scores. " + look_up);
        else
            proposal_.checks.push_back("nothing was tried, as there are no labels to try it on. " + look_up +
                                       ". With some labelled images (lines \"name class\", or class folders) octavo init finds out");
    }

    // A classifier's config is of no use to who has them.
    void look_for_boxes() {
        const std::optional<BoxTree> tree = find_box_tree(request_.registry, request_.images);
        if (!tree) return;
        const std::string sets = tree->sets.empty() ? "a list of ImageSets/Main" : "one of " + join(tree->sets, ", ");
        const std::string plugin = tree->plugin ? "\"plugin\": \"" + std::string(tree->plugin->name()) + "\", " : "";
        proposal_.checks.push_back(
            tree->root + " is a tree of the VOC devkit, with boxes of objects. For a detector's accuracy the data set is {" + plugin +
            "\"root\": \"" + path_from(request_.config_file, tree->root) + "\", \"set\": " + sets +
            "}, besides an adapter for the model's outputs and a metric of boxes: docs/detection.md has such a config");
    }

    Result<void> run_trial() {
        OCTAVO_TRY(const PluginUse use, default_device(request_.registry, {}));
        OCTAVO_TRY(const DeviceHandle device, DeviceHandle::create(*use.plugin, use.values));
        std::vector<std::int64_t> offsets = {0};
        if (declares(*adapter_, "label_offset") && data_.most_label + 1 < classes_) offsets.push_back(1);
        const std::int64_t images = std::min(data_.samples, request_.trial_images);
        if (request_.events.begin) request_.events.begin("trying", variant_runs(images, shape_));
        const auto start = std::chrono::steady_clock::now();
        OCTAVO_TRY(proposal_.trial, try_variants({model_, device, data_.dataset, *adapter_, *metric_, offsets, images,
                                                  request_.events.advance, request_.events.stop}));
        if (request_.events.end) request_.events.end(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        const TriedVariant& best = proposal_.trial.ranking.front();
        if (is_near_chance(best.figure / 100, data_.classes))
            proposal_.checks.push_back(
                "even the best variant is near chance: the labels may not be the model's (their numbering, or the order of the class "
                "folders; a classes file gives the order), or the model wants something that is not among the usual ways");
        return {};
    }

    void add(const std::string& comment, const std::string& key, const std::string& value) {
        lines_.push_back((comment.empty() ? "" : "  // " + comment + "\n") + "  \"" + key + "\": " + value);
    }

    void write_config() {
        const std::string stem = fs::path(request_.model).stem().string();
        add(proposal_.seen[0] + ".", "model", line_of(json::value(path_from(request_.config_file, request_.model))));
        add(proposal_.seen[1] + ".", "dataset", dataset());
        add_slices();
        add_preprocess();
        if (is_measurable_) {
            json::object adapter{{"plugin", adapter_->name()}}, metric{{"plugin", metric_->name()}};
            if (declares(*adapter_, "label_offset")) adapter["label_offset"] = variant().label_offset;
            if (declares(*metric_, "top")) metric["top"] = classes_ > 5 ? json::array{1, 5} : json::array{1};
            add("label_offset is the index of the data set's class 0 among the model's scores.", "adapter", line_of(adapter));
            add("", "metric", line_of(metric));
            add("How much of the principal figure may be lost.", "target", R"({"max_drop": {"points": 1.0}})");
        }
        add("Folder for the model, the plan and the report.", "output", line_of(json::value("runs/" + stem)));
        proposal_.config = "// Proposed by octavo init. Run it: octavo calibrate " + fs::path(request_.config_file).filename().string() +
                           "\n{\n" + join(lines_, ",\n") + "\n}\n";
    }

    std::string dataset() const {
        json::object object{{"plugin", data_.plugin->name()}, {"images", path_from(request_.config_file, data_.images)}};
        if (!data_.lists.empty()) object["list"] = path_from(request_.config_file, data_.lists[0]);
        return line_of(object);
    }

    // The other lists are for validation; without them the first half of the images, or 300, calibrate and the rest validate.
    void add_slices() {
        const bool has_more = data_.lists.size() > 1;
        const std::int64_t limit = std::min(kCalibrationImages, has_more ? data_.samples : std::max<std::int64_t>(1, data_.samples / 2));
        add("Images that ranges are taken from.", "calibration", line_of(json::object{{"limit", limit}}));
        json::array slices;
        for (std::size_t i = 1; i < data_.lists.size(); ++i)
            slices.push_back(json::object{{"list", path_from(request_.config_file, data_.lists[i])}});
        if (!has_more) slices.push_back(json::object{{"skip", data_.samples > 1 ? limit : 0}});
        add("Images that int8 is judged on: never those of the calibration.", "validation", line_of(slices));
    }

    Variant variant() const {
        if (is_measurable_) return proposal_.trial.ranking.front().variant;
        // A crop would cut objects off that a detector is to find.
        return {classes_ > 0 ? &usual_framings().front() : &usual_framings().back(), &usual_numbers(shape_)[0], ChannelOrder::rgb, 0};
    }

    void add_preprocess() {
        const VariantsResult& trial = proposal_.trial;
        std::string comment = classes_ > 0
                                  ? "TO BE CHECKED: nothing was tried; this is how torchvision's models are fed."
                                  : "TO BE CHECKED: nothing was tried; the whole picture, with the numbers of torchvision's models.";
        if (shape_.is_bytes) comment = "TO BE CHECKED: nothing was tried; pixels as they are, since the model takes bytes.";
        if (is_measurable_) {
            comment = "The best of " + counted(trial.ranking.size(), "variant") + " on " + counted(trial.images, "image") + ": " +
                      text_of(trial.ranking[0]);
            if (trial.ranking.size() > 1) comment += "; the next: " + text_of(trial.ranking[1]);
        }
        std::vector<std::string> steps;
        for (const json::value& step : steps_of(variant(), shape_)) steps.push_back("    " + line_of(step));
        add(comment, "preprocess", "[\n" + join(steps, ",\n") + "\n  ]");
    }

    // "Caffe's mean, BGR, straight to the size: top1 60.9 %"
    std::string text_of(const TriedVariant& tried) const {
        char figure[32];
        std::snprintf(figure, sizeof figure, " %.1f ", tried.figure);
        return std::string(tried.variant.numbers->title) + (tried.variant.order == ChannelOrder::rgb ? ", RGB, " : ", BGR, ") +
               tried.variant.framing->title + ": " + proposal_.trial.figure_name + figure + proposal_.trial.unit;
    }

    const ProposeRequest& request_;
    Model model_;
    InputShape shape_;
    std::int64_t classes_ = 0;  // scores of the first output; 0: it is no list of scores
    FoundData data_;
    const LoadedPlugin* adapter_ = nullptr;
    const LoadedPlugin* metric_ = nullptr;
    bool is_measurable_ = false;
    std::vector<std::string> lines_;
    Proposal proposal_;
};

}  // namespace

Result<Proposal> propose(const ProposeRequest& request) {
    return Proposer(request).go();
}

}  // namespace octavo
