// Lists are read in the order in which they refer to each other: categories, images, annotations.
#include "annotations.h"

#include <octavo/text_files.h>

#include <boost/json.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

namespace octavo {
namespace {

namespace json = boost::json;

// Coordinates are rounded to hundredths, and some tools count the last pixel as one more.
constexpr float kSlack = 1;

std::string shortened(const json::value& value) {
    constexpr std::size_t kLongest = 40;
    std::string text = json::serialize(value);
    return text.size() > kLongest ? text.substr(0, kLongest) + "..." : text;
}

// Nothing where it is no number, or none that a float could hold.
std::optional<float> number_of(const json::value& value) {
    constexpr double kLargest = 1e9;
    const double number = value.is_number() ? value.to_number<double>() : kLargest;
    return std::abs(number) < kLargest ? std::optional(static_cast<float>(number)) : std::nullopt;
}

// An object in one of the lists, with its place for messages.
struct Item {
    const std::string& file;
    const char* list;
    std::size_t index;
    const json::object& object;

    Error error(const char* key, const std::string& message) const {
        return {Code::data, file + ": /" + list + "/" + std::to_string(index) + "/" + key + ": " + message};
    }
    Error unfit(const char* key, const char* expected) const {
        const json::value* value = object.if_contains(key);
        return error(key, "found " + (value ? shortened(*value) : "nothing") + ", expected " + expected);
    }
    Result<std::int64_t> integer(const char* key) const {
        const json::value* value = object.if_contains(key);
        if (!value || !value->is_int64()) return unfit(key, "an integer");
        return value->get_int64();
    }
    Result<std::string> text(const char* key) const {
        const json::value* value = object.if_contains(key);
        if (!value || !value->is_string() || value->get_string().empty()) return unfit(key, "a text");
        return std::string(value->get_string());
    }
    Result<float> number_or_0(const char* key) const {
        const json::value* value = object.if_contains(key);
        const std::optional<float> number = value ? number_of(*value) : 0.0F;
        return number ? Result<float>(*number) : unfit(key, "a number");
    }
    // Of corners, from x, y, width, height.
    Result<octavo_box> box(const char* key) const {
        const json::value* value = object.if_contains(key);
        const std::span<const json::value> elements =
            value && value->is_array() ? std::span(value->get_array()) : std::span<const json::value>();
        std::vector<float> numbers;
        for (const json::value& element : elements)
            if (const std::optional<float> number = number_of(element)) numbers.push_back(*number);
        if (elements.size() != 4 || numbers.size() != 4) return unfit(key, "four numbers: x, y, width, height");
        octavo_box box{};
        box.left = numbers[0];
        box.top = numbers[1];
        box.right = numbers[0] + numbers[2];
        box.bottom = numbers[1] + numbers[3];
        return box;
    }
};

class Reader {
public:
    Reader(const std::string& file, const std::vector<std::string>& classes, BadBoxes bad_boxes)
        : file_(file), wanted_(classes), bad_boxes_(bad_boxes) {}

    Result<CocoAnnotations> read() {
        OCTAVO_TRY(const std::string text, read_text(file_));
        OCTAVO_TRY(const json::value root, parse(text));
        if (!root.is_object()) return Error(Code::data, file_ + ": found " + shortened(root) + ", expected an object");
        OCTAVO_CHECK_OK(for_each(root.get_object(), "categories", [this](const Item& item) { return add_category(item); }));
        OCTAVO_CHECK_OK(number_classes());
        OCTAVO_CHECK_OK(for_each(root.get_object(), "images", [this](const Item& item) { return add_image(item); }));
        if (all_.images.empty()) return Error(Code::data, file_ + ": /images: found an empty list, expected images");
        OCTAVO_CHECK_OK(for_each(root.get_object(), "annotations", [this](const Item& item) { return add_annotation(item); }));
        for (std::size_t i = 0; i < boxes_.size(); ++i) {
            all_.images[i].boxes = boxes_[i].boxes();
            all_.images[i].note = boxes_[i].note();
        }
        return std::move(all_);
    }

private:
    Result<json::value> parse(std::string_view text) const {
        if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        json::stream_parser parser(json::make_shared_resource<json::monotonic_resource>());  // hundreds of thousands of small values
        json::error_code failed;
        const std::size_t end = parser.write(text.data(), text.size(), failed);
        if (!failed) parser.finish(failed);
        if (!failed) return parser.release();
        const std::string_view before = text.substr(0, end);
        const auto line = 1 + std::count(before.begin(), before.end(), '\n');
        const std::size_t column = 1 + before.size() - (before.rfind('\n') + 1);  // npos + 1 is 0
        return Error(Code::data, file_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": found no JSON (" +
                                     failed.message() + "), expected a COCO instances file");
    }

    template <class Add>
    Result<void> for_each(const json::object& root, const char* list, Add add) const {
        const json::value* items = root.if_contains(list);
        if (!items || !items->is_array())
            return Error(Code::data, file_ + ": /" + list + ": found " + (items ? shortened(*items) : "nothing") + ", expected a list");
        for (std::size_t i = 0; i < items->get_array().size(); ++i) {
            const json::value& value = items->get_array()[i];
            if (!value.is_object())
                return Error(Code::data,
                             file_ + ": /" + list + "/" + std::to_string(i) + ": found " + shortened(value) + ", expected an object");
            OCTAVO_CHECK_OK(add(Item{file_, list, i, value.get_object()}));
        }
        return {};
    }

    Result<void> add_category(const Item& item) {
        OCTAVO_TRY(const std::int64_t id, item.integer("id"));
        OCTAVO_TRY(const std::string name, item.text("name"));
        if (!categories_.emplace(id, name).second) return item.error("id", "the id " + std::to_string(id) + " stands there twice");
        return {};
    }

    // Labels of the categories that are wanted.
    Result<void> number_classes() {
        all_.classes = wanted_;
        if (wanted_.empty())
            for (const auto& [id, name] : categories_) all_.classes.push_back(name);
        std::map<std::string, std::int32_t> label_of;
        for (const std::string& name : all_.classes)
            if (!label_of.emplace(name, static_cast<std::int32_t>(label_of.size())).second)
                return Error(wanted_.empty() ? Code::data : Code::config,
                             (wanted_.empty() ? file_ + ": /categories" : "\"classes\"") + ": the name '" + name + "' stands there twice");
        std::set<std::string> missing(wanted_.begin(), wanted_.end());
        for (const auto& [id, name] : categories_) {
            missing.erase(name);
            if (const auto found = label_of.find(name); found != label_of.end()) labels_[id] = found->second;
        }
        if (missing.empty()) return {};
        return Error(Code::config, "\"classes\": '" + *missing.begin() + "' is the name of no category of " + file_);
    }

    Result<void> add_image(const Item& item) {
        OCTAVO_TRY(const std::int64_t id, item.integer("id"));
        OCTAVO_TRY(std::string name, item.text("file_name"));
        OCTAVO_TRY(const float width, item.number_or_0("width"));
        OCTAVO_TRY(const float height, item.number_or_0("height"));
        if (!images_.emplace(id, boxes_.size()).second) return item.error("id", "the id " + std::to_string(id) + " stands there twice");
        boxes_.emplace_back(bad_boxes_, width, height, kSlack);
        all_.images.push_back({std::move(name), {}, {}});
        return {};
    }

    Result<void> add_annotation(const Item& item) {
        OCTAVO_TRY(const std::int64_t image, item.integer("image_id"));
        OCTAVO_TRY(const std::int64_t category, item.integer("category_id"));
        const auto place = images_.find(image);
        if (place == images_.end()) return item.unfit("image_id", "the id of an image");
        if (!categories_.contains(category)) return item.unfit("category_id", "the id of a category");
        const auto label = labels_.find(category);
        if (label == labels_.end()) return {};
        OCTAVO_TRY(octavo_box box, item.box("bbox"));
        box.label = label->second;
        box.score = 1;
        OCTAVO_TRY(const float crowd, item.number_or_0("iscrowd"));
        if (crowd != 0 && crowd != 1) return item.unfit("iscrowd", "0 or 1");
        box.crowd = crowd == 1 ? 1 : 0;
        const Result<void> added = boxes_[place->second].add(box, shortened(item.object.at("bbox")));
        return added ? added : item.error("bbox", added.error().message());
    }

    const std::string& file_;
    const std::vector<std::string>& wanted_;
    const BadBoxes bad_boxes_;
    std::map<std::int64_t, std::string> categories_;        // by id
    std::map<std::int64_t, std::int32_t> labels_;           // by the category's id
    std::unordered_map<std::int64_t, std::size_t> images_;  // indices by id
    std::vector<AnnotatedBoxes> boxes_;                     // of each image
    CocoAnnotations all_;
};

}  // namespace

Result<CocoAnnotations> read_coco(const std::string& path, const std::vector<std::string>& classes, BadBoxes bad_boxes) {
    return Reader(path, classes, bad_boxes).read();
}

}  // namespace octavo
