// imagenet: photographs with one class each, from a list ("name class" a line) or from folders that are named after their classes. A list
// names its files without looking at them; whether an image is there shows when it is read.
#include "class_names.h"
#include "lines.h"
#include "samples.h"

#include <octavo/dataset.h>

#include <charconv>
#include <filesystem>
#include <optional>

namespace octavo {
namespace {

namespace fs = std::filesystem;

constexpr octavo_parameter kParameters[] = {
    path("images", nullptr, "folder of the images"),
    path("list", "null",
         "file of lines \"name class\", where class is an index, or a word of the classes file; without it the folders in "
         "images are the classes, in sorted order"),
    path("classes", "null",
         "file of lines \"synset name\", the number of the line (from 0) is the index; if not given, classes.txt among the "
         "images where there is one")};

bool is_image(const fs::path& file) {
    std::string extension = file.extension().string();
    for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

// Names of what stands in a folder, sorted by bytes, hidden ones left out.
template <class Wanted>
Result<std::vector<std::string>> names_in(const fs::path& folder, Wanted wanted) {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (name.front() != '.' && wanted(*entry)) names.push_back(name);
    }
    if (error) return Error(Code::data, folder.string() + ": cannot be listed: " + error.message());
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

Result<std::int64_t> label_of(std::string_view word, const std::optional<ClassNames>& classes) {
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    if (error == std::errc() && end == word.data() + word.size() && index >= 0) return index;
    if (classes) return classes->find(word);
    return Error(Code::data, "class '" + std::string(word) +
                                 "' is no index (0, 1, ...) and there is no classes file to look it up in; set "
                                 "\"classes\"");
}

Result<void> read_list(const std::string& list, const std::optional<ClassNames>& classes, Samples& samples) {
    OCTAVO_TRY(const std::string text, read_text(list));
    OCTAVO_CHECK_OK(for_each_line(list, text, [&](std::string_view line) -> Result<void> {
        if (line.find('\0') != std::string_view::npos) return Error(Code::data, "the line holds a zero byte, expected text");
        const std::size_t space = line.find_last_of(" \t");
        if (space == std::string_view::npos) {
            return Error(Code::data, "found '" + std::string(line) + "', expected a file name, white space, and a class");
        }
        OCTAVO_TRY(const std::int64_t label, label_of(line.substr(space + 1), classes));
        samples.add(trimmed(line.substr(0, space)), label);
        return {};
    }));
    if (samples.size() == 0) return Error(Code::data, list + ": names no image, expected lines \"name class\"");
    return {};
}

Result<void> read_folders(const std::string& images, const std::optional<ClassNames>& classes, Samples& samples) {
    std::error_code ignored;
    OCTAVO_TRY(const std::vector<std::string> folders,
               names_in(images, [&](const fs::directory_entry& entry) { return entry.is_directory(ignored); }));
    for (std::size_t i = 0; i < folders.size(); ++i) {
        std::int64_t label = static_cast<std::int64_t>(i);
        if (classes) {
            const Result<std::int64_t> found = classes->find(folders[i]);
            if (!found) return found.error().within(images + "/" + folders[i]);
            label = *found;
        }
        OCTAVO_TRY(const std::vector<std::string> files,
                   names_in(fs::path(images) / folders[i], [](const fs::directory_entry& entry) { return is_image(entry.path()); }));
        for (const std::string& file : files) samples.add(folders[i] + "/" + file, label);
    }
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
        sample.annotation = {OCTAVO_BLOB_CLASS, &samples_.label(i), sizeof(std::int64_t)};
        return sample;
    }

private:
    Samples samples_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::ImageNet>("imagenet", "1.0.0", "images with one class each, from a list or from class folders",
                                                  octavo::kParameters))
