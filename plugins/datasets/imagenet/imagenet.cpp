// imagenet: photographs with one class each, from a list ("name class" a line, or names alone, which have no label) or from folders that
// are named after their classes. A list names its files without looking at them; whether an image is there shows when it is read.
#include "class_names.h"
#include "samples.h"

#include <octavo/dataset.h>
#include <octavo/image_files.h>
#include <octavo/text_files.h>

#include <charconv>
#include <filesystem>
#include <optional>

namespace octavo {
namespace {

namespace fs = std::filesystem;

constexpr octavo_parameter kParameters[] = {
    path("images", nullptr, "folder of the images"),
    path("list", "null",
         "file of lines \"name class\", where class is an index, or a word of the classes file, or of names alone; without it "
         "the folders in images are the classes, in sorted order"),
    path("classes", "null",
         "file of lines \"synset name\", the number of the line (from 0) is the index; if not given, classes.txt among the "
         "images where there is one")};

// Names of the folders in a folder, sorted by bytes, hidden ones left out.
Result<std::vector<std::string>> folders_in(const std::string& folder) {
    std::error_code error, ignored;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (name.front() != '.' && entry->is_directory(ignored)) names.push_back(name);
    }
    if (error) return Error(Code::data, folder + ": cannot be listed: " + error.message());
    std::sort(names.begin(), names.end());
    return names;
}

Result<std::optional<ClassNames>> read_classes(const Values& values, const std::string& images) {
    if (values.has("classes")) {
        OCTAVO_TRY(ClassNames names, ClassNames::read(values.text("classes")));
        return std::optional(std::move(names));
    }
    const std::string beside = images + "/classes.txt";
    std::error_code error;
    if (!fs::is_regular_file(beside, error)) return std::optional<ClassNames>();
    OCTAVO_TRY(ClassNames names, ClassNames::read(beside));
    return std::optional(std::move(names));
}

// A name of the classes file, else an index.
Result<std::int64_t> label_of(std::string_view word, const std::optional<ClassNames>& classes) {
    if (classes && classes->has(word)) return classes->find(word);
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    if (error == std::errc() && end == word.data() + word.size() && index >= 0) return index;
    if (classes) return classes->find(word);
    return Error(Code::data, "class '" + std::string(word) +
                                 "' is no index (0, 1, ...) and there is no classes file to look it up in; set "
                                 "\"classes\"");
}

// The first line tells whether a list has labels: it has none where that ends as the name of an image does, or is one word.
Result<void> read_list(const std::string& list, const std::optional<ClassNames>& classes, Samples& samples) {
    OCTAVO_TRY(const std::string text, read_text(list));
    std::optional<bool> has_labels;
    OCTAVO_CHECK_OK(for_each_line(list, text, [&](std::string_view line) -> Result<void> {
        if (line.find('\0') != std::string_view::npos) return Error(Code::data, "the line holds a zero byte, expected text");
        const std::size_t space = line.find_last_of(" \t");
        const bool is_name = space == std::string_view::npos || is_image_name(line);
        if (!has_labels) has_labels = !is_name;
        if (is_name == *has_labels) {
            return Error(Code::data,
                         "found '" + std::string(line) + "', expected " +
                             (is_name ? "a file name, white space, and a class" : "a file name alone, as the first line has no class"));
        }
        if (is_name) {
            samples.add(line, Samples::kNoLabel);
            return {};
        }
        OCTAVO_TRY(const std::int64_t label, label_of(line.substr(space + 1), classes));
        samples.add(trimmed(line.substr(0, space)), label);
        return {};
    }));
    if (samples.size() == 0) return Error(Code::data, list + ": names no image, expected lines \"name class\"");
    return {};
}

struct ClassFolder {
    std::int64_t label;
    std::vector<std::string> files;
};

// Classes take turns, so that any part of the data set has all of them alike.
Result<void> read_folders(const std::string& images, const std::optional<ClassNames>& classes, Samples& samples) {
    OCTAVO_TRY(const std::vector<std::string> names, folders_in(images));
    std::vector<ClassFolder> folders;
    std::size_t most = 0;
    for (const std::string& name : names) {
        std::int64_t label = static_cast<std::int64_t>(folders.size());
        if (classes) {
            const Result<std::int64_t> found = classes->find(name);
            if (!found) return found.error().within(images + "/" + name);
            label = *found;
        }
        OCTAVO_TRY(std::vector<std::string> files, list_images(images + "/" + name, false));
        for (std::string& file : files) file.insert(0, name + "/");
        most = std::max(most, files.size());
        folders.push_back({label, std::move(files)});
    }
    for (std::size_t turn = 0; turn < most; ++turn)
        for (const ClassFolder& folder : folders)
            if (turn < folder.files.size()) samples.add(folder.files[turn], folder.label);
    if (samples.size() == 0) {
        return Error(Code::data, images + ": no image (.jpg, .jpeg, .png) stands in folders named after classes, and no \"list\" is given");
    }
    return {};
}

class ImageNet final : public Dataset {
public:
    static Result<std::unique_ptr<ImageNet>> create(const Values& values) {
        const std::string images = values.text("images");
        std::error_code error;
        if (!fs::is_directory(images, error)) return Error(Code::data, images + ": no such folder");
        OCTAVO_TRY(const std::optional<ClassNames> classes, read_classes(values, images));
        Samples samples(images);
        OCTAVO_CHECK_OK(values.has("list") ? read_list(values.text("list"), classes, samples) : read_folders(images, classes, samples));
        return std::make_unique<ImageNet>(std::move(samples));
    }
    explicit ImageNet(Samples samples) : samples_(std::move(samples)) {}

    std::int64_t count() const override { return static_cast<std::int64_t>(samples_.size()); }

    Result<octavo_sample> sample(std::int64_t index) const override {
        const std::size_t i = static_cast<std::size_t>(index);
        if (i >= samples_.size()) return Error(Code::internal, "sample " + std::to_string(index) + " of " + std::to_string(count()));
        octavo_sample sample{};
        sample.id = samples_.name(i);
        sample.path = samples_.path(i);
        sample.annotation = {OCTAVO_BLOB_NONE, nullptr, 0};
        if (samples_.label(i) != Samples::kNoLabel) sample.annotation = {OCTAVO_BLOB_CLASS, &samples_.label(i), sizeof(std::int64_t)};
        return sample;
    }

private:
    Samples samples_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::ImageNet>("imagenet", "1.0.0", "images with one class each, from a list or from class folders",
                                                  octavo::kParameters))
