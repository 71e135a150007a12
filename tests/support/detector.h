// What tests of adapters for detectors share: tensors, outputs and geometry by hand, and the boxes that an adapter makes of them.
#pragma once

#include "tests/support/plugin.h"

#include <octavo/abi/adapter.h>
#include <octavo/blob.h>
#include <octavo/tensor.h>

#include <cmath>
#include <cstdlib>
#include <deque>
#include <ostream>

inline bool operator==(const octavo_box& a, const octavo_box& b) {
    return a.left == b.left && a.top == b.top && a.right == b.right && a.bottom == b.bottom && a.label == b.label && a.score == b.score &&
           a.difficult == b.difficult && a.crowd == b.crowd;
}
inline std::ostream& operator<<(std::ostream& out, const octavo_box& box) {
    return out << "{" << box.left << " " << box.top << " " << box.right << " " << box.bottom << " label " << box.label << " score "
               << box.score << "}";
}

namespace octavo::testing {

using Boxes = std::vector<octavo_box>;

inline octavo_box box(float left, float top, float right, float bottom, std::int32_t label, float score) {
    return {left, top, right, bottom, label, score, 0, 0};
}

// The input has the size of the original image.
inline octavo_geometry geometry(std::int32_t width, std::int32_t height) {
    return {sizeof(octavo_geometry), width, height, 1, 1, 0, 0, width, height};
}

// Outputs with their numbers.
class OutputList {
public:
    OutputList& add(const char* name, std::vector<std::int64_t> shape, std::vector<float> values) {
        const std::vector<float>& kept = values_.emplace_back(std::move(values));
        const octavo_tensor tensor = dense_tensor(OCTAVO_F32, shape, kept.data());
        BOOST_REQUIRE_EQUAL(static_cast<std::size_t>(tensor.shape[0] * tensor.strides[0]), kept.size());
        outputs_.push_back({name, tensor});
        return *this;
    }
    // The same numbers with their axes in another order in memory, that of `axes`, and gaps between all of them.
    OutputList strided(std::vector<std::size_t> axes) const {
        OutputList result;
        for (const octavo_output& output : outputs_) result.add_strided(output, axes);
        return result;
    }
    std::span<const octavo_output> view() const { return outputs_; }
    octavo_output& operator[](std::size_t i) { return outputs_[i]; }

private:
    void add_strided(const octavo_output& output, const std::vector<std::size_t>& axes) {
        octavo_tensor tensor = output.tensor;
        const auto rank = static_cast<std::size_t>(tensor.rank);
        std::int64_t step = 2;
        for (std::size_t i = axes.size(); i-- > 0;) {
            if (axes[i] >= rank) continue;
            tensor.strides[axes[i]] = step;
            step *= tensor.shape[axes[i]];
        }
        std::vector<float>& kept = values_.emplace_back(static_cast<std::size_t>(step), -1e9F);
        const std::int64_t count = output.tensor.shape[0] * output.tensor.strides[0];
        for (std::int64_t i = 0; i < count; ++i) {
            std::int64_t place = 0;
            for (std::size_t axis = 0; axis < rank; ++axis)
                place += i / output.tensor.strides[axis] % tensor.shape[axis] * tensor.strides[axis];
            kept[static_cast<std::size_t>(place)] = static_cast<const float*>(output.tensor.data)[i];
        }
        tensor.data = kept.data();
        outputs_.push_back({output.name, tensor});
    }

    std::deque<std::vector<float>> values_;
    std::vector<octavo_output> outputs_;
};

class DetectorPlugin : public LoadedPlugin<octavo_adapter_functions> {
public:
    explicit DetectorPlugin(const std::string& name, const Settings& settings = {}, const std::vector<const char*>& classes = {})
        : LoadedPlugin("adapters", name, settings) {
        if (!was_created() || classes.empty()) return;
        BOOST_REQUIRE_MESSAGE(functions().set_classes(self(), classes.data(), static_cast<std::int32_t>(classes.size()), &error) == 0,
                              error.text);
    }

    octavo_status adapt(const OutputList& outputs, const std::vector<octavo_geometry>& geometries, std::vector<Boxes>& found) {
        const octavo_prediction_sink sink = [](void* context, std::int64_t index, const octavo_blob* prediction) {
            auto& all = *static_cast<std::vector<Boxes>*>(context);
            BOOST_TEST(index == static_cast<std::int64_t>(all.size()));
            const auto boxes = values_of<octavo_box>(*prediction, OCTAVO_BLOB_BOXES, "the prediction");
            BOOST_REQUIRE(boxes);
            all.emplace_back(boxes->begin(), boxes->end());
        };
        return functions().adapt(self(), outputs.view().data(), static_cast<std::int32_t>(outputs.view().size()), geometries.data(),
                                 static_cast<std::int64_t>(geometries.size()), sink, &found, &error);
    }

    // Of one sample.
    Boxes boxes(const OutputList& outputs, const octavo_geometry& geometry) {
        std::vector<Boxes> found;
        BOOST_REQUIRE_MESSAGE(adapt(outputs, {geometry}, found) == 0, error.text);
        BOOST_REQUIRE_EQUAL(found.size(), 1U);
        return found[0];
    }

    std::string refusal(const OutputList& outputs, const octavo_geometry& geometry, Code expected) {
        std::vector<Boxes> found;
        BOOST_TEST(adapt(outputs, {geometry}, found) == static_cast<octavo_status>(expected));
        BOOST_TEST(found.empty());
        return error.text;
    }

    // Signal and noise of one sample.
    std::pair<double, double> compare(const OutputList& expected, const OutputList& found, const octavo_geometry& geometry) {
        double signal = -1, noise = -1;
        const octavo_status status =
            functions().compare(self(), expected.view().data(), found.view().data(), static_cast<std::int32_t>(expected.view().size()),
                                &geometry, 1, &signal, &noise, &error);
        BOOST_REQUIRE_MESSAGE(status == 0, error.text);
        return {signal, noise};
    }
};

// Within `tolerance` of a pixel and of a score.
inline void check_boxes(const Boxes& found, const Boxes& expected, double tolerance = 1e-4) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const octavo_box &a = found[i], &b = expected[i];
        const bool is_close = std::abs(a.left - b.left) <= tolerance && std::abs(a.top - b.top) <= tolerance &&
                              std::abs(a.right - b.right) <= tolerance && std::abs(a.bottom - b.bottom) <= tolerance &&
                              std::abs(a.score - b.score) <= tolerance && a.label == b.label;
        BOOST_TEST(is_close, "box " << i << ": found " << a << ", expected " << b);
    }
}

}  // namespace octavo::testing
