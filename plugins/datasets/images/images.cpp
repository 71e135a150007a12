// images: all photographs of a folder, without labels: enough to calibrate. Sorted by name, so that the same folder is the same data set on
// any file system.
#include <octavo/dataset.h>
#include <octavo/image_files.h>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {path("images", nullptr, "folder of the images"),
                                            boolean("recursive", "true", "images of folders inside it too")};

class Images final : public Dataset {
public:
    static Result<std::unique_ptr<Images>> create(const Values& values) {
        const std::string folder = values.text("images");
        std::error_code error;
        if (!std::filesystem::is_directory(folder, error)) return Error(Code::data, folder + ": no such folder");
        OCTAVO_TRY(std::vector<std::string> names, list_images(folder, values.boolean("recursive")));
        if (names.empty()) return Error(Code::data, folder + ": holds no image (.jpg, .jpeg, .png)");
        return std::make_unique<Images>(folder, std::move(names));
    }
    Images(const std::string& folder, std::vector<std::string> names) : prefix_(folder.size() + 1), paths_(std::move(names)) {
        for (std::string& path : paths_) path.insert(0, folder + "/");
    }

    std::int64_t count() const override { return static_cast<std::int64_t>(paths_.size()); }

    Result<octavo_sample> sample(std::int64_t index) const override {
        const std::string& path = paths_.at(static_cast<std::size_t>(index));
        octavo_sample sample{};
        sample.id = path.c_str() + prefix_;
        sample.path = path.c_str();
        sample.annotation = {OCTAVO_BLOB_NONE, nullptr, 0};
        return sample;
    }

private:
    std::size_t prefix_;  // length of the folder's part of each path
    std::vector<std::string> paths_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Images>("images", "1.0.0", "all images of a folder, without labels", octavo::kParameters))
