// coco: files of instances made by the tests, whole and damaged.
#include "tests/plugins/datasets/boxes.h"
#include "tests/support/folder.h"

#include <random>

using namespace octavo;
using namespace octavo::testing;
namespace json = boost::json;

namespace {

// Ids with gaps and out of order, as those of COCO are; the second image has no annotation.
constexpr const char* kInstances = R"({
 "info": {"year": 2017}, "licenses": [],
 "images": [{"id": 40, "file_name": "b.jpg", "width": 10, "height": 6, "coco_url": "x"}, {"id": 7, "file_name": "a.jpg"}],
 "categories": [{"id": 90, "name": "toothbrush"}, {"id": 1, "name": "person", "supercategory": "x"}, {"id": 18, "name": "dog"}],
 "annotations": [
  {"id": 1, "image_id": 40, "category_id": 18, "bbox": [1.5, 2, 3, 4], "iscrowd": 0, "area": 3, "segmentation": [[1, 2, 3]]},
  {"id": 2, "image_id": 40, "category_id": 90, "bbox": [0, 0, 10.25, 6], "iscrowd": 1},
  {"id": 3, "image_id": 40, "category_id": 1, "bbox": [0, 0, 1, 1]}
 ]
})";

struct Data : Folder {
    Data() { write("images/a.jpg", ""); }

    json::object with(json::object more = {}) const {
        more["images"] = *this / "images";
        more["annotations"] = *this / "instances.json";
        return more;
    }
    // Of the first image where the file says this.
    std::string read(const std::string& text, const json::object& more = {}) const {
        write("instances.json", text);
        const Result<DatasetHandle> dataset = open_dataset("coco", with(more));
        if (dataset) return told(dataset->sample(0));
        const std::string title = "dataset 'coco': ", file = *this / "instances.json";
        std::string message = dataset.error().message();
        for (const std::string& what : {title, file})
            if (const std::size_t at = message.find(what); at != std::string::npos) message.erase(at, what.size());
        return std::to_string(static_cast<int>(dataset.error().code())) + message;
    }
    // With the first occurrence of `what` replaced.
    std::string read_changed(const std::string& what, const std::string& with, const json::object& more = {}) const {
        std::string text = kInstances;
        const std::size_t at = text.find(what);
        BOOST_REQUIRE(at != std::string::npos);
        return read(text.replace(at, what.size(), with), more);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(coco)

BOOST_FIXTURE_TEST_CASE(categories_are_classes_in_the_order_of_their_ids, Data) {
    BOOST_TEST(read(kInstances) == "1 1.5 2 4.5 6; 2 0 0 10.25 6 crowd; 0 0 0 1 1; ");
    const Result<DatasetHandle> dataset = open_dataset("coco", with());
    BOOST_REQUIRE(dataset);
    BOOST_TEST(dataset->class_names() == (std::vector<std::string>{"person", "dog", "toothbrush"}), boost::test_tools::per_element());
    BOOST_TEST(dataset->count() == 2);
    BOOST_TEST(told(dataset->sample(1)) == "");
    BOOST_TEST(dataset->sample(1)->id == "a.jpg");
    BOOST_TEST(dataset->sample(1)->path == *this / "images/a.jpg");
}

BOOST_FIXTURE_TEST_CASE(images_may_lie_elsewhere_and_the_file_begin_with_a_mark, Data) {
    std::string text = kInstances;
    for (std::size_t at; (at = text.find("\"a.jpg\"")) != std::string::npos;) text.replace(at, 7, "\"/elsewhere/a.jpg\"");
    write("instances.json", "\xEF\xBB\xBF" + text);
    const Result<DatasetHandle> dataset = open_dataset("coco", with());
    BOOST_REQUIRE_MESSAGE(dataset, (dataset ? "" : dataset.error().message()));
    BOOST_TEST(dataset->sample(1)->path == std::string("/elsewhere/a.jpg"));
}

BOOST_FIXTURE_TEST_CASE(classes_may_be_chosen_and_ordered, Data) {
    const json::object two{{"classes", {"toothbrush", "person"}}};
    BOOST_TEST(read(kInstances, two) == "0 0 0 10.25 6 crowd; 1 0 0 1 1; ");
    BOOST_TEST(open_dataset("coco", with(two))->class_names() == (std::vector<std::string>{"toothbrush", "person"}),
               boost::test_tools::per_element());
    BOOST_TEST(read(kInstances, {{"classes", {"person", "cat"}}}) == "2\"classes\": 'cat' is the name of no category of ");
    BOOST_TEST(read(kInstances, {{"classes", {"dog", "dog"}}}) == "2\"classes\": the name 'dog' stands there twice");
}

BOOST_FIXTURE_TEST_CASE(a_bad_box_is_an_error_or_clipped_or_left_out, Data) {
    const std::string remedy = "; \"bad_boxes\" may be \"clip\" or \"skip\" instead of \"error\"";
    BOOST_TEST(read_changed("[1.5, 2, 3, 4]", "[1.5, 2, 10, 4]") ==
               "4: /annotations/0/bbox: box [1.5E0,2,10,4] reaches outside the image of 10x6" + remedy);
    BOOST_TEST(read_changed("[1.5, 2, 3, 4]", "[1.5, 2, 10, 4]", {{"bad_boxes", "clip"}}) ==
               "1 1.5 2 10 6; 2 0 0 10.25 6 crowd; 0 0 0 1 1; 1 box clipped");
    BOOST_TEST(read_changed("[1.5, 2, 3, 4]", "[1, 2, 0, 4]") == "4: /annotations/0/bbox: box [1,2,0,4] is empty or inverted" + remedy);
    for (const char* way : {"clip", "skip"})
        BOOST_TEST(read_changed("[1.5, 2, 3, 4]", "[1, 2, 3, -1]", {{"bad_boxes", way}}) ==
                   "2 0 0 10.25 6 crowd; 0 0 0 1 1; 1 box left out");
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_is_named_with_the_place, Data) {
    BOOST_TEST(read("") == "4:1:1: found no JSON (incomplete JSON), expected a COCO instances file");
    BOOST_TEST(read("{\n \"images\": [1,, 2]}").starts_with("4:2:15: found no JSON ("));
    BOOST_TEST(read("{} {}") == "4:1:4: found no JSON (extra data), expected a COCO instances file");
    BOOST_TEST(read("[]") == "4: found [], expected an object");
    BOOST_TEST(read("{}") == "4: /categories: found nothing, expected a list");
    BOOST_TEST(read_changed("\"annotations\": [", "\"labels\": [") == "4: /annotations: found nothing, expected a list");
    BOOST_TEST(read(R"({"images": [], "categories": [], "annotations": []})") == "4: /images: found an empty list, expected images");
    BOOST_TEST(read_changed("\"annotations\": [", "\"annotations\": [5,") == "4: /annotations/0: found 5, expected an object");

    BOOST_TEST(read_changed("\"id\": 18", "\"id\": \"18\"") == "4: /categories/2/id: found \"18\", expected an integer");
    BOOST_TEST(read_changed("\"id\": 18", "\"id\": 1") == "4: /categories/2/id: the id 1 stands there twice");
    BOOST_TEST(read_changed("\"dog\"", "\"person\"") == "4: /categories: the name 'person' stands there twice");
    BOOST_TEST(read_changed("\"dog\"", "\"\"") == "4: /categories/2/name: found \"\", expected a text");
    BOOST_TEST(read_changed("\"file_name\"", "\"name\"") == "4: /images/0/file_name: found nothing, expected a text");
    BOOST_TEST(read_changed("\"id\": 7", "\"id\": 40") == "4: /images/1/id: the id 40 stands there twice");
    BOOST_TEST(read_changed("\"width\": 10", "\"width\": []") == "4: /images/0/width: found [], expected a number");

    BOOST_TEST(read_changed("\"image_id\": 40", "\"image_id\": 41") == "4: /annotations/0/image_id: found 41, expected the id of an image");
    BOOST_TEST(read_changed("\"category_id\": 18", "\"category_id\": 2") ==
               "4: /annotations/0/category_id: found 2, expected the id of a category");
    for (const auto& [bbox, found] : {std::pair("\"bbox\": [1, 2, 3]", "[1,2,3]"),
                                      {"\"bbox\": [1, 2, 3, \"4\"]", "[1,2,3,\"4\"]"},
                                      {"\"bbox\": [1, 2, 3, 1e300]", "[1,2,3,1E300]"},
                                      {"\"bbox\": [1, 2, 3, 4, \"5\"]", "[1,2,3,4,\"5\"]"},
                                      {"\"box\": [1]", "nothing"}})
        BOOST_TEST(read_changed("\"bbox\": [1.5, 2, 3, 4]", bbox) ==
                   "4: /annotations/0/bbox: found " + std::string(found) + ", expected four numbers: x, y, width, height");
    BOOST_TEST(read_changed("\"iscrowd\": 1", "\"iscrowd\": 2") == "4: /annotations/1/iscrowd: found 2, expected 0 or 1");
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_named, Data) {
    write("instances.json", kInstances);
    BOOST_TEST(refusal("coco", with({{"bad_boxes", "skip"}})) == "opened");
    std::filesystem::remove(path / "instances.json");
    BOOST_TEST(refusal("coco", with()) ==
               "2: dataset 'coco': /annotations: found nothing at " + (*this / "instances.json") +
                   ", expected a path (JSON file of instances, such as instances_val2017.json) [E107-missing-file]");
    std::filesystem::create_directory(path / "instances.json");
    BOOST_TEST(refusal("coco", with()) == "4: dataset 'coco': " + (*this / "instances.json") + ": not a regular file");
}

// As a run reads them: images without annotations too; one that is missing can be skipped.
BOOST_FIXTURE_TEST_CASE(images_are_read_by_the_host, Data) {
    write("images/a.jpg", small_jpeg());
    write("instances.json", kInstances);
    const Result<DatasetHandle> dataset = open_dataset("coco", with());
    BOOST_TEST(!read_all(*dataset, false));
    BOOST_TEST(read_all(*dataset, true)->unreadable.size() == 1U);
    write("images/b.jpg", small_jpeg());
    BOOST_TEST(read_all(*dataset, false)->samples == 2);
}

// Cut anywhere, and with any byte changed: boxes or an error, never a crash.
BOOST_FIXTURE_TEST_CASE(any_file_is_survived, Data) {
    const std::string whole = kInstances;
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(read(whole.substr(0, size)).find(": found no JSON (") != std::string::npos, "cut at " << size);
    std::mt19937 random(7);
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const unsigned change : {1U, 0x80U, static_cast<unsigned>(random() % 255 + 1)}) {
            std::string text = whole;
            text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ change);
            refused += read(text).starts_with("4") ? 1 : 0;
        }
    BOOST_TEST(refused > 0);
}

BOOST_AUTO_TEST_SUITE_END()
