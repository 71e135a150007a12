// my_dataset: images named in a list, a line "FILE CLASS" each, where CLASS is an index from 0. Files are relative to the list.
#include <octavo/dataset.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace octavo;

// Declared once: `octavo plugins describe`, the checks of configs and the defaults come from here.
constexpr octavo_parameter kParameters[] = {path("list", nullptr, "file of lines \"FILE CLASS\"")};

class MyDataset final : public Dataset {
public:
    static Result<std::unique_ptr<MyDataset>> create(const Values& values) {
        const std::string list = values.text("list");
        std::ifstream lines(list);
        if (!lines) return Error(Code::data, list + ": cannot be read");
        auto dataset = std::make_unique<MyDataset>();
        const std::filesystem::path folder = std::filesystem::path(list).parent_path();
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string file;
            std::int64_t label = 0;
            if (!(words >> file >> label) || label < 0)
                return Error(Code::data, list + ": line " + std::to_string(dataset->images_.size() + 1) + ": expected \"FILE CLASS\"");
            dataset->images_.push_back({file, folder / file, label});
        }
        if (dataset->images_.empty()) return Error(Code::data, list + ": names no image");
        return dataset;
    }

    std::int64_t count() const override { return static_cast<std::int64_t>(images_.size()); }

    // Called from several threads at once. What the sample points to must live as long as this object.
    Result<octavo_sample> sample(std::int64_t index) const override {
        const Image& image = images_[static_cast<std::size_t>(index)];
        octavo_sample sample{};
        sample.id = image.name.c_str();
        sample.path = image.path.c_str();  // the host decodes and preprocesses it
        sample.annotation = blob_of<std::int64_t>(OCTAVO_BLOB_CLASS, {&image.label, 1});
        return sample;
    }

private:
    struct Image {
        std::string name;
        std::string path;
        std::int64_t label;
    };
    std::vector<Image> images_;
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<MyDataset>("my_dataset", "0.1.0", "images named in a list, with the index of their class", kParameters))
