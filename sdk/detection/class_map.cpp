#include <octavo/class_lists.h>
#include <octavo/class_map.h>

#include <algorithm>
#include <cstddef>

namespace octavo {
namespace {

// Index i is id i + 1.
std::vector<std::string> coco_by_id() {
    std::vector<std::string> names(90);
    for (std::size_t i = 0; i < kCocoIds.size(); ++i) names[static_cast<std::size_t>(kCocoIds[i]) - 1] = kCocoClasses[i];
    return names;
}

std::vector<std::string> expanded(std::span<const std::string> labels) {
    const std::string word = labels.size() == 1 ? labels[0] : "";
    if (word == "voc") return {kVocClasses.begin(), kVocClasses.end()};
    if (word == "coco") return {kCocoClasses.begin(), kCocoClasses.end()};
    if (word == "coco91") return coco_by_id();
    return {labels.begin(), labels.end()};
}

// "'a', 'b', 'c', ... (80)"
std::string shortened(std::span<const std::string> names) {
    constexpr std::size_t kMost = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += (i > 0 ? ", '" : "'") + names[i] + "'";
    return names.size() > kMost ? text + ", ... (" + std::to_string(names.size()) + ")" : text;
}

}  // namespace

ClassMap::ClassMap(std::span<const std::string> labels, std::int64_t background) : labels_(expanded(labels)), background_(background) {}

Result<void> ClassMap::set_classes(std::span<const char* const> names) {
    names_.emplace(names.begin(), names.end());
    columns_.clear();
    classes_.clear();
    if (labels_.empty()) {
        for (std::size_t i = 0; i < names.size(); ++i) add(static_cast<std::int64_t>(i), static_cast<std::int64_t>(i));
        return {};
    }
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        auto match = std::find(names.begin(), names.end(), labels_[i]);
        if (match == names.end())
            match = std::find_if(names.begin(), names.end(), [&](const char* name) { return is_same_class(name, labels_[i]); });
        if (match != names.end()) add(static_cast<std::int64_t>(i), match - names.begin());
    }
    if (!columns_.empty()) return {};
    return Error(Code::config, "found the \"labels\" " + shortened(labels_) + ", expected some of the data set's classes " +
                                   shortened(*names_) + "; name the model's columns as the data set does");
}

std::optional<std::int64_t> ClassMap::expected_columns() const {
    if (labels_.empty() && !names_) return {};
    return static_cast<std::int64_t>(labels_.empty() ? names_->size() : labels_.size()) + background_columns();
}

Result<void> ClassMap::choose(const std::string& place, std::int64_t found) {
    if (!labels_.empty() && !names_)
        return Error(Code::config, "found \"labels\" " + shortened(labels_) +
                                       ", expected none, since the data set has no names of classes; leave them out, or name the classes");
    if (background_ >= found)
        return Error(Code::config, place + ": found " + std::to_string(found) + " columns of scores, expected more than \"background\" " +
                                       std::to_string(background_));
    const std::optional<std::int64_t> expected = expected_columns();
    if (!expected) {
        columns_.clear();
        classes_.clear();
        for (std::int64_t i = 0; i < found - background_columns(); ++i) add(i, i);
        return {};
    }
    if (found == *expected) return {};
    const std::string source = labels_.empty() ? "classes of the data set" : "\"labels\"";
    std::string message = place + ": found " + std::to_string(found) + " columns of scores, expected " + std::to_string(*expected) + " (" +
                          std::to_string(*expected - background_columns()) + " " + source +
                          (background_ >= 0 ? " and the background)" : ")");
    if (found == *expected + 1 && background_ < 0) return Error(Code::config, message + "; is one of them the \"background\"");
    if (found == *expected - 1 && background_ >= 0) return Error(Code::config, message + "; without a background set \"background\" to -1");
    return Error(Code::config, message + "; name the model's columns with \"labels\"");
}

void ClassMap::add(std::int64_t label, std::int64_t data_set_class) {
    columns_.push_back(static_cast<std::int32_t>(background_ >= 0 && label >= background_ ? label + 1 : label));
    classes_.push_back(static_cast<std::int32_t>(data_set_class));
}

}  // namespace octavo
