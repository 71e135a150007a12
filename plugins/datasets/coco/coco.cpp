// coco: photographs with boxes, from a file of instances as COCO has them. The whole file is read at once, so that what is wrong with it
// shows before anything else is done; whether an image is there shows when it is read.
#include "annotations.h"

#include <octavo/blob.h>
#include <octavo/dataset.h>

#include <filesystem>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    path("images", nullptr, "folder of the images"), path("annotations", nullptr, "JSON file of instances, such as instances_val2017.json"),
    strings("classes", "[]",
            "names of the categories whose objects are taken, in the order of their indices; without them all, in the order of their ids"),
    bad_boxes_parameter()};

class Coco final : public Dataset {
public:
    static Result<std::unique_ptr<Coco>> create(const Values& values) {
        const std::string images = values.text("images");
        std::error_code error;
        if (!std::filesystem::is_directory(images, error)) return Error(Code::data, images + ": no such folder");
        OCTAVO_TRY(CocoAnnotations all, read_coco(values.text("annotations"), values.texts("classes"), bad_boxes_of(values)));
        return std::make_unique<Coco>(images, std::move(all));
    }
    Coco(const std::string& folder, CocoAnnotations all) : all_(std::move(all)) {
        for (const std::string& name : all_.classes) class_names_.push_back(name.c_str());
        for (const CocoImage& image : all_.images) paths_.push_back((std::filesystem::path(folder) / image.name).string());
    }

    std::int64_t count() const override { return static_cast<std::int64_t>(paths_.size()); }
    std::span<const char* const> class_names() const override { return class_names_; }

    Result<octavo_sample> sample(std::int64_t index) const override {
        const std::string& path = paths_.at(static_cast<std::size_t>(index));
        const CocoImage& image = all_.images[static_cast<std::size_t>(index)];
        octavo_sample sample{};
        sample.id = image.name.c_str();
        sample.path = path.c_str();
        sample.annotation = blob_of(OCTAVO_BLOB_BOXES, std::span<const octavo_box>(image.boxes));
        if (!image.note.empty()) sample.note = image.note.c_str();
        return sample;
    }

private:
    CocoAnnotations all_;
    std::vector<const char*> class_names_;
    std::vector<std::string> paths_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Coco>("coco", "1.0.0", "images with boxes, from a file of COCO instances", octavo::kParameters))
