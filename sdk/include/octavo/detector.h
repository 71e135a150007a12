// Base class of adapters for detectors (link OctavoSDK::detection). The author says what the outputs mean for one sample, before anything
// is left out:
//
//     class MyDetector final : public octavo::Detector {
//     public:
//         static Result<std::unique_ptr<MyDetector>> create(const Values& values) { return std::make_unique<MyDetector>(values); }
//         using Detector::Detector;
//         Result<void> decode(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry,
//                             Candidates& into) override;
//     };
//     constexpr auto kParameters = octavo::detector_parameters({integer("stride", "8", 1, 1024, "...")});
//
// The base chooses (threshold, greedy suppression within each class, the best of all classes), takes boxes back to the original image,
// clips them, and gives OCTAVO_BLOB_BOXES by falling score, equal ones in the order of columns and candidates. It also compares predictions
// for the host (abi/adapter.h), before anything is left out.
#pragma once

#include <octavo/adapter.h>
#include <octavo/class_map.h>

#include <array>
#include <initializer_list>
#include <vector>

namespace octavo {

struct Corners {
    float left = 0, top = 0, right = 0, bottom = 0;
    bool operator==(const Corners&) const = default;
};

inline Corners around(float x, float y, float width, float height) {
    return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

// Intersection over union; 0 where both are empty.
double overlap(const Corners& a, const Corners& b);

// Of `order`, indices of boxes by falling score, those that overlap with none before them that stays by more than `most_overlap`; at their
// front, the number returned.
std::size_t suppress(std::span<const Corners> boxes, std::span<std::int32_t> order, double most_overlap);

struct Candidates {
    std::vector<Corners> boxes;  // in pixels of the network's input
    std::vector<float> scores;   // of box i and wanted column j: [i * columns + j]
    std::size_t columns = 0;

    void resize(std::int64_t count, std::size_t wanted_columns);
    float* scores_of(std::int64_t i) { return scores.data() + static_cast<std::size_t>(i) * columns; }
    std::span<const float> scores_of(std::size_t i) const { return {scores.data() + i * columns, columns}; }
};

struct Energies {
    double signal = 0, noise = 0;
};

class Detector : public Adapter {
public:
    explicit Detector(const Values& values);

    Result<void> set_classes(std::span<const char* const> names) final { return map_.set_classes(names); }
    Result<void> adapt(std::span<const octavo_output> outputs, std::span<const octavo_geometry> geometries, const Sink& sink) final;
    Result<void> compare(std::span<const octavo_output> expected, std::span<const octavo_output> found,
                         std::span<const octavo_geometry> geometries, std::span<double> signal, std::span<double> noise);

protected:
    // Sample `row` of the batch, an image. Fills `into`, which holds another sample's.
    virtual Result<void> decode(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry,
                                Candidates& into) = 0;

    // Signal: the squared expected scores. Noise: the squared errors of scores, and for each candidate its best expected score times
    // (1 - overlap of expected and found box), squared. For models whose candidate i is the same place on both sides.
    virtual Result<Energies> difference(const Candidates& expected, const Candidates& found) const;

    // The columns of scores that are wanted, of the `found` ones that `place` ("output 'scores'") has.
    Result<std::span<const std::int32_t>> wanted_columns(const std::string& place, std::int64_t found);
    const ClassMap& class_map() const { return map_; }

private:
    Result<void> decode_image(std::span<const octavo_output> outputs, std::int64_t row, const octavo_geometry& geometry, Candidates& into);
    void choose(const octavo_geometry& geometry);

    ClassMap map_;
    double score_threshold_, most_overlap_;
    std::int64_t top_k_, max_detections_;
    bool clip_;
    Candidates candidates_, found_;
    std::vector<std::int32_t> order_;
    std::vector<octavo_box> boxes_;
};

inline constexpr std::array kDetectorParameters = {
    strings("labels", "[]",
            "names of the model's classes in the order of its columns of scores, without the background; or voc, coco, or coco91 (ids 1 to "
            "90); empty: the data set's"),
    integer("background", "-1", -1, 1000000, "column of scores that is no class; -1: there is none"),
    real("score_threshold", "0.01", 0, 1, "a box must score more"),
    real("nms_iou", "0.45", 0, 1,
         "boxes of a class that overlap with a better one by more (intersection over union) are left out; 1: none is"),
    integer("top_k", "400", 1, 1000000, "best candidates of each class that suppression looks at"),
    integer("max_detections", "200", 1, 1000000, "best boxes of an image, of all classes, that are kept"),
    boolean("clip", "true", "whether boxes end where the image does")};

// Another default of a shared parameter.
struct Fallback {
    std::string_view name;
    const char* value;
};

// A detector's own parameters and the shared ones.
template <std::size_t N>
constexpr auto detector_parameters(const octavo_parameter (&own)[N], std::initializer_list<Fallback> fallbacks = {}) {
    std::array<octavo_parameter, N + kDetectorParameters.size()> all{};
    const auto shared = std::copy(std::begin(own), std::end(own), all.begin());
    std::copy(kDetectorParameters.begin(), kDetectorParameters.end(), shared);
    for (const Fallback& fallback : fallbacks)
        for (octavo_parameter& parameter : all)
            if (parameter.name == fallback.name) parameter.fallback = fallback.value;
    return all;
}

}  // namespace octavo
