// voc2007: photographs with boxes in a tree of the VOC devkit, of any year. The list is read and checked at once; an annotation when its
// sample is first asked for, so that one damaged file costs one image and not the run.
#include "annotation.h"

#include <octavo/blob.h>
#include <octavo/class_lists.h>
#include <octavo/dataset.h>
#include <octavo/text_files.h>

#include <filesystem>
#include <mutex>
#include <set>

namespace octavo {
namespace {

namespace fs = std::filesystem;

constexpr octavo_parameter kParameters[] = {
    path("root", nullptr, "folder with JPEGImages, Annotations and ImageSets, or the folder around it where it holds one such"),
    string("set", "null", nullptr, "name of a list in ImageSets/Main, such as test"),
    path("list", "null", "file with an id a line, in place of set"),
    strings("classes", "[]", "names of the classes in the order of their indices; without them the twenty of VOC"),
    string("unknown_class", "\"error\"", "error|skip", "an object of a class that is not among classes: an error, or left out"),
    bad_boxes_parameter()};

bool is_tree(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_directory(folder / "Annotations", ignored) && fs::is_directory(folder / "JPEGImages", ignored);
}

Result<std::string> find_tree(const std::string& root) {
    if (is_tree(root)) return root;
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error))
        if (is_tree(entry->path())) found.push_back(entry->path().string());
    if (found.size() == 1) return found[0];
    return Error(Code::data, root + ": found " + std::to_string(found.size()) +
                                 " folders with Annotations and JPEGImages in it, expected it to be one or to hold one");
}

// Lists by class have 1, -1 or 0 (difficult only) behind an id. All their images are taken, since a detector may find something in any.
Result<std::vector<std::string>> read_ids(const std::string& list) {
    OCTAVO_TRY(const std::string text, read_text(list));
    std::vector<std::string> ids;
    std::set<std::string> known;
    OCTAVO_CHECK_OK(for_each_line(list, text, [&](std::string_view line) -> Result<void> {
        const std::size_t space = std::min(line.find_first_of(" \t"), line.size());
        const std::string id(line.substr(0, space));
        const std::string_view flag = trimmed(line.substr(space));
        if (line.find('\0') != std::string_view::npos) return Error(Code::data, "the line holds a zero byte, expected text");
        if (!flag.empty() && flag != "1" && flag != "-1" && flag != "0")
            return Error(Code::data, "found '" + std::string(flag) + "' behind the id '" + id + "', expected nothing, 1, 0 or -1");
        if (!known.insert(id).second) return Error(Code::data, "the id '" + id + "' stands in the list twice");
        ids.push_back(id);
        return {};
    }));
    if (ids.empty()) return Error(Code::data, list + ": names no image, expected an id a line");
    return ids;
}

Result<AnnotationRules> rules_of(const Values& values) {
    AnnotationRules rules{values.texts("classes"), values.text("unknown_class") == "skip", bad_boxes_of(values)};
    if (rules.classes.empty()) rules.classes.assign(kVocClasses.begin(), kVocClasses.end());
    const std::set<std::string> different(rules.classes.begin(), rules.classes.end());
    if (different.size() < rules.classes.size()) return Error(Code::config, "\"classes\" has a name twice");
    return rules;
}

class Voc final : public Dataset {
public:
    static Result<std::unique_ptr<Voc>> create(const Values& values) {
        if (!values.has("set") && !values.has("list"))
            return Error(Code::config, "found neither \"set\" nor \"list\", expected one of them");
        OCTAVO_TRY(AnnotationRules rules, rules_of(values));
        OCTAVO_TRY(const std::string tree, find_tree(values.text("root")));
        const std::string list = values.has("list") ? values.text("list") : tree + "/ImageSets/Main/" + values.text("set") + ".txt";
        OCTAVO_TRY(const std::vector<std::string> ids, read_ids(list));
        return std::make_unique<Voc>(tree, std::move(rules), ids);
    }
    Voc(std::string tree, AnnotationRules rules, const std::vector<std::string>& ids) : tree_(std::move(tree)), rules_(std::move(rules)) {
        for (const std::string& name : rules_.classes) class_names_.push_back(name.c_str());
        for (const std::string& id : ids) photos_.push_back(std::make_unique<Photo>(id));
    }

    std::int64_t count() const override { return static_cast<std::int64_t>(photos_.size()); }
    std::span<const char* const> class_names() const override { return class_names_; }

    Result<octavo_sample> sample(std::int64_t index) const override {
        Photo& photo = *photos_.at(static_cast<std::size_t>(index));
        std::call_once(photo.once, [&] { photo.is_read = read(photo); });
        OCTAVO_CHECK_OK(photo.is_read);
        octavo_sample sample{};
        sample.id = photo.id.c_str();
        sample.path = photo.path.c_str();
        sample.annotation = blob_of(OCTAVO_BLOB_BOXES, std::span<const octavo_box>(photo.boxes));
        if (!photo.note.empty()) sample.note = photo.note.c_str();
        return sample;
    }

private:
    struct Photo {
        explicit Photo(std::string name) : id(std::move(name)) {}

        const std::string id;
        std::once_flag once;  // for all below
        Result<void> is_read;
        std::string path, note;
        std::vector<octavo_box> boxes;
    };

    Result<void> read(Photo& photo) const {
        OCTAVO_TRY(const AnnotatedBoxes annotated, read_annotation(tree_ + "/Annotations/" + photo.id + ".xml", rules_));
        photo.boxes = annotated.boxes();
        photo.note = annotated.note();
        for (const char* extension : {".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"}) {
            photo.path = tree_ + "/JPEGImages/" + photo.id + extension;
            std::error_code ignored;
            if (fs::exists(photo.path, ignored)) return {};
        }
        return Error(Code::data, tree_ + "/JPEGImages/" + photo.id + ".jpg: no such file, nor as .jpeg or .png");
    }

    std::string tree_;
    AnnotationRules rules_;
    std::vector<const char*> class_names_;
    std::vector<std::unique_ptr<Photo>> photos_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Voc>("voc2007", "1.0.0", "images with boxes in a tree of the VOC devkit, of any year",
                                             octavo::kParameters))
