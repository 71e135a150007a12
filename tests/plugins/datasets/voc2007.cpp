// voc2007: trees written by the tests, whole and damaged, and the one of ../shared.
#include "tests/plugins/datasets/boxes.h"
#include "tests/support/folder.h"
#include "tests/support/golden.h"

#include <octavo/class_lists.h>

#include <cmath>
#include <map>
#include <random>

using namespace octavo;
using namespace octavo::testing;
namespace json = boost::json;

namespace {

std::string object(const std::string& name, const std::string& box, const std::string& more = "") {
    std::string edges;
    std::istringstream words(box);
    for (const std::string edge : {"xmin", "ymin", "xmax", "ymax"}) {
        std::string value;
        words >> value;
        edges += "<" + edge + ">" + value + "</" + edge + ">";
    }
    return "<object><name>" + name + "</name>" + more + "<bndbox>" + edges + "</bndbox></object>\n";
}

std::string annotation(const std::string& objects, const std::string& size = "<size><width>10</width><height>6</height></size>") {
    return "<annotation>\n" + size + "\n" + objects + "</annotation>\n";
}

// Two images, of which the tests change the second.
struct Tree : Folder {
    Tree() {
        add("000001", annotation(object("dog", "1 1 10 6")));
        add("2008_000008", annotation(object("cat", "2 3 4 5", "<difficult>1</difficult>")));
        write("ImageSets/Main/some.txt", "000001\n2008_000008\n");
    }
    void add(const std::string& id, const std::string& xml) const {
        write("Annotations/" + id + ".xml", xml);
        write("JPEGImages/" + id + ".jpg", small_jpeg());
    }
    json::object with(json::object more = {}) const {
        more["root"] = path.string();
        if (!more.contains("list") && !more.contains("set")) more["set"] = "some";
        return more;
    }
    std::string second(const json::object& more = {}) const {
        const Result<DatasetHandle> dataset = open_dataset("voc2007", with(more));
        BOOST_REQUIRE(dataset);
        return shortened(told(dataset->sample(1)));
    }
    std::string path_of_second() const { return (*open_dataset("voc2007", with())).sample(1)->path; }
    // What the second sample gives where its annotation is this.
    std::string read(const std::string& xml, const json::object& more = {}) const {
        add("2008_000008", xml);
        return second(more);
    }
    std::string read_object(const std::string& text, const json::object& more = {}) const { return read(annotation(text), more); }
    std::string refused(const json::object& more = {}) const { return shortened(refusal("voc2007", with(more))); }
    // Without the plugin's title, and with $ for the folder.
    std::string shortened(const std::string& text) const { return replaced(replaced(text, "dataset 'voc2007': ", ""), path.string(), "$"); }
};

constexpr const char* kXml = "4: $/Annotations/2008_000008.xml";

}  // namespace

BOOST_AUTO_TEST_SUITE(voc2007)

BOOST_FIXTURE_TEST_CASE(boxes_are_continuous_and_ids_are_texts, Tree) {
    const Result<DatasetHandle> dataset = open_dataset("voc2007", with());
    BOOST_REQUIRE(dataset);
    BOOST_TEST(dataset->count() == 2);
    const Result<octavo_sample> first = dataset->sample(0);
    BOOST_TEST(told(first) == "11 0 0 10 6; ");
    BOOST_TEST(first->id == "000001");
    BOOST_TEST(first->path == *this / "JPEGImages/000001.jpg");
    BOOST_TEST(told(dataset->sample(1)) == "7 1 2 4 5 difficult; ");
    const std::vector<std::string> names = dataset->class_names();
    BOOST_TEST(names == std::vector<std::string>(kVocClasses.begin(), kVocClasses.end()), boost::test_tools::per_element());
    BOOST_TEST(read_all(*dataset, false)->samples == 2);
}

BOOST_FIXTURE_TEST_CASE(the_folder_around_one_tree_will_do, Tree) {
    const std::string around = *this / "around";
    std::filesystem::create_directories(around + "/notes");
    std::filesystem::create_directory_symlink(path, around + "/VOC2007");
    const json::object given{{"root", around}, {"set", "some"}};
    BOOST_TEST((*open_dataset("voc2007", given)).sample(0)->path == around + "/VOC2007/JPEGImages/000001.jpg");
    std::filesystem::create_directory_symlink(path, around + "/VOC2012");
    BOOST_TEST(shortened(refusal("voc2007", given)) ==
               "4: $/around: found 2 folders with Annotations and JPEGImages in it, expected it to be one or to hold one");
    BOOST_TEST(shortened(refusal("voc2007", {{"root", around + "/notes"}, {"set", "some"}})) ==
               "4: $/around/notes: found 0 folders with Annotations and JPEGImages in it, expected it to be one or to hold one");
}

BOOST_FIXTURE_TEST_CASE(a_list_may_lie_elsewhere_and_have_flags, Tree) {
    const std::string list = write("mine.txt", "\xEF\xBB\xBF 2008_000008  -1\r\n\r\n000001\t 1\r\n");
    const Result<DatasetHandle> dataset = open_dataset("voc2007", with({{"list", list}, {"set", "none"}}));
    BOOST_REQUIRE(dataset);
    BOOST_TEST(dataset->count() == 2);
    BOOST_TEST(dataset->sample(0)->id == "2008_000008");
}

BOOST_FIXTURE_TEST_CASE(other_classes_have_other_indices, Tree) {
    BOOST_TEST(second({{"classes", {"zebra", "cat"}}}) == "1 1 2 4 5 difficult; ");
    BOOST_TEST(refused({{"classes", {"zebra", "cat", "zebra"}}}) == "2: \"classes\" has a name twice");
}

BOOST_FIXTURE_TEST_CASE(only_name_and_box_must_be_there, Tree) {
    BOOST_TEST(read(annotation(object("cat", "1 1 2 2"), "")) == "7 0 0 2 2; ");
    BOOST_TEST(read(annotation("")) == "");
    BOOST_TEST(read("\xEF\xBB\xBF<?xml version=\"1.0\"?>" + annotation(object(" cat\n", "1.5 1 2 2"))) == "7 0.5 0 2 2; ");
    BOOST_TEST(read(annotation(object("cat", "1 1 99 99"), "<size><width>0</width><height>0</height></size>")) == "7 0 0 99 99; ");
    const std::string part = "<part><name>head</name><bndbox><xmin>3</xmin><ymin>3</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></part>";
    BOOST_TEST(read_object(object("cat", "1 1 2 2", part)) == "7 0 0 2 2; ");
    for (const std::string_view extension : {".png", ".jpeg", ".JPEG", ".JPG", ".PNG"}) {
        const std::filesystem::path image = path_of_second();
        std::filesystem::rename(image, std::filesystem::path(image).replace_extension(extension));
        BOOST_TEST(second() == "7 0 0 2 2; ");
        BOOST_TEST(path_of_second().ends_with(extension));
    }
}

BOOST_FIXTURE_TEST_CASE(damaged_lists_are_named_with_the_line, Tree) {
    const auto of_list = [&](const std::string& text) {
        write("ImageSets/Main/some.txt", text);
        return refused();
    };
    BOOST_TEST(of_list("") == "4: $/ImageSets/Main/some.txt: names no image, expected an id a line");
    BOOST_TEST(of_list("1\n2\n1 -1\n") == "4: $/ImageSets/Main/some.txt:3: the id '1' stands in the list twice");
    BOOST_TEST(of_list("1 dog\n") == "4: $/ImageSets/Main/some.txt:1: found 'dog' behind the id '1', expected nothing, 1, 0 or -1");
    BOOST_TEST(of_list(std::string("a\0b\n", 4)) == "4: $/ImageSets/Main/some.txt:1: the line holds a zero byte, expected text");
    BOOST_TEST(refused({{"set", "test"}}) == "4: $/ImageSets/Main/test.txt: no such file");
    BOOST_TEST(refused({{"set", nullptr}}) == "2: found neither \"set\" nor \"list\", expected one of them");
}

BOOST_FIXTURE_TEST_CASE(damaged_annotations_are_named_with_the_line, Tree) {
    BOOST_TEST(read("") == std::string(kXml) + ":1: found no XML (No document element found), expected <annotation>");
    BOOST_TEST(read("<annotation>\n<object>\n</annotation>\n") ==
               std::string(kXml) + ":3: found no XML (Start-end tags mismatch), expected <annotation>");
    BOOST_TEST(read("<annotation>\n<obj") ==
               std::string(kXml) + ":2: found no XML (Error parsing start element tag), expected <annotation>");
    BOOST_TEST(read("<html/>") == std::string(kXml) + ":1: found <html>, expected <annotation>");
    BOOST_TEST(read_object("<object><bndbox/></object>") ==
               std::string(kXml) + ":3: found an <object> without a <name>, expected the name of its class");
    BOOST_TEST(read_object(object("dog", "1 1 2 2") + "<object><name>cat</name></object>") ==
               std::string(kXml) + ":4: 'cat' has no <bndbox>, expected one with xmin, ymin, xmax and ymax");
    BOOST_TEST(read_object(object("cat", "1 1 two 2")) == std::string(kXml) + ":3: <xmax> is 'two', expected a number");
    BOOST_TEST(read_object(object("cat", "1 nan 2 2")) == std::string(kXml) + ":3: <ymin> is 'nan', expected a number");
    BOOST_TEST(read_object(object("cat", "1 1 2")) == std::string(kXml) + ":3: <ymax> is missing, expected a number");
    BOOST_TEST(read_object(object("cat", "1 1 2 2", "<difficult>Unspecified</difficult>")) ==
               std::string(kXml) + ":3: <difficult> is 'Unspecified', expected 0 or 1");
    BOOST_TEST(read(annotation("", "<size><width>wide</width></size>")) == std::string(kXml) + ":2: <width> is 'wide', expected a number");
    std::filesystem::remove(path / "Annotations/2008_000008.xml");
    BOOST_TEST(second() == std::string(kXml) + ": no such file");
}

BOOST_FIXTURE_TEST_CASE(a_class_that_is_not_known_is_an_error_or_left_out, Tree) {
    const std::string text = object("zebra", "1 1 2 2") + object("cat", "1 1 2 2") + object("ape", "x x x x") + object("zebra", "1 1 2 2");
    BOOST_TEST(read_object(text) ==
               std::string(kXml) +
                   ":3: found the class 'zebra', expected one of \"classes\"; \"unknown_class\" may be \"skip\" instead of \"error\"");
    BOOST_TEST(second({{"unknown_class", "skip"}}) == "7 0 0 2 2; 3 objects of unknown classes left out (ape, zebra)");
}

BOOST_FIXTURE_TEST_CASE(a_bad_box_is_an_error_or_clipped_or_left_out, Tree) {
    const std::string remedy = "; \"bad_boxes\" may be \"clip\" or \"skip\" instead of \"error\"";
    const std::string outside = object("cat", "3 0 11 5"), inverted = object("cat", "5 1 3 2");
    BOOST_TEST(read_object(outside) ==
               std::string(kXml) + ":3: box of 'cat' xmin 3 ymin 0 xmax 11 ymax 5 reaches outside the image of 10x6" + remedy);
    BOOST_TEST(second({{"bad_boxes", "clip"}}) == "7 2 0 10 5; 1 box clipped");
    BOOST_TEST(second({{"bad_boxes", "skip"}}) == "1 box left out");
    BOOST_TEST(read_object(inverted) == std::string(kXml) + ":3: box of 'cat' xmin 5 ymin 1 xmax 3 ymax 2 is empty or inverted" + remedy);
    BOOST_TEST(second({{"bad_boxes", "clip"}}) == "1 box left out");
    const json::object skip_all{{"bad_boxes", "clip"}, {"unknown_class", "skip"}};
    BOOST_TEST(read_object(outside + outside + object("cat", "12 1 14 2") + inverted + object("ape", "1 1 2 2"), skip_all) ==
               "7 2 0 10 5; 7 2 0 10 5; 2 boxes clipped, 2 boxes left out, 1 object of an unknown class left out (ape)");
    BOOST_TEST(read(annotation(outside, "")) ==
               std::string(kXml) + ":3: box of 'cat' xmin 3 ymin 0 xmax 11 ymax 5 reaches outside the image" + remedy);
}

BOOST_FIXTURE_TEST_CASE(damaged_images_end_a_run_or_are_counted, Tree) {
    const std::string file = "JPEGImages/2008_000008.jpg";
    const auto run = [&] {
        const Result<DatasetHandle> dataset = open_dataset("voc2007", with());
        BOOST_REQUIRE(dataset);
        const Result<SamplesDone> strict = read_all(*dataset, false), lenient = read_all(*dataset, true);
        BOOST_REQUIRE(!strict && lenient);
        BOOST_TEST(static_cast<int>(strict.error().code()) == 4);
        BOOST_TEST(lenient->samples == 1);
        BOOST_REQUIRE_EQUAL(lenient->unreadable.size(), 1U);
        BOOST_TEST(lenient->unreadable[0].text == strict.error().message());
        return shortened(strict.error().message());
    };
    write(file, "this is a text");
    BOOST_TEST(run() == "2008_000008: not a JPEG or PNG image (first bytes 74 68 69 73 20 69 73 20)");
    write(file, small_jpeg().substr(0, small_jpeg().size() / 2));
    BOOST_TEST(run() == "2008_000008: truncated JPEG image, pixels are missing at its end (182 bytes)");
    std::filesystem::remove(path / file);
    BOOST_TEST(run() == "$/JPEGImages/2008_000008.jpg: no such file, nor as .jpeg or .png");
    add("2008_000008", "<annotation>");
    BOOST_TEST(run() == "$/Annotations/2008_000008.xml:1: found no XML (Start-end tags mismatch), expected <annotation>");
}

BOOST_FIXTURE_TEST_CASE(notes_reach_the_report, Tree) {
    add("2008_000008", annotation(object("cat", "0 1 2 2")));
    const Result<DatasetHandle> dataset = open_dataset("voc2007", with({{"bad_boxes", "clip"}}));
    const Result<SamplesDone> done = read_all(*dataset, false);
    BOOST_REQUIRE(done);
    BOOST_REQUIRE_EQUAL(done->noted.size(), 1U);
    BOOST_TEST(done->noted[0].id == "2008_000008");
    BOOST_TEST(done->noted[0].text == "1 box clipped");
}

// Cut anywhere, and with any byte changed: boxes or an error with a line, never a crash.
BOOST_FIXTURE_TEST_CASE(any_annotation_is_survived, Tree) {
    const std::string whole = annotation(object("cat", "1 1 2 2", "<difficult>0</difficult>") + object("dog", "2 2 9 6"));
    const auto survives = [&](const std::string& xml) {
        const std::string text = read(xml);
        BOOST_REQUIRE_MESSAGE(text.starts_with(std::string(kXml) + ":") || !text.starts_with("4: "), text);
        return !text.starts_with("4: ");
    };
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) BOOST_TEST(!survives(whole.substr(0, size)), "cut at " << size);
    std::mt19937 random(7);
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const unsigned change : {1U, 0x80U, static_cast<unsigned>(random() % 255 + 1)}) {
            std::string xml = whole;
            xml[at] = static_cast<char>(static_cast<unsigned char>(xml[at]) ^ change);
            refused += survives(xml) ? 0 : 1;
        }
    BOOST_TEST(refused > 0);
}

// What ../shared/images/README.md says of each that a reader should do.
BOOST_AUTO_TEST_CASE(odd_images_are_read_or_named) {
    const std::filesystem::path odd = OCTAVO_SOURCE_DIR "/../shared/images/odd";
    if (!std::filesystem::exists(odd)) {
        BOOST_TEST_MESSAGE("skipped: no ../shared");
        return;
    }
    constexpr int kSide = 32;
    struct Case {
        std::string id, extension;
        int width, height;         // 0: it cannot be read
        bool is_goldfish = false;  // the same picture as the first one's
        std::string reason = {};
    };
    const std::vector<Case> cases = {
        {"made_progressive", ".jpg", 376, 263, true},
        {"made_cmyk", ".jpg", 376, 263, true},
        {"made_png_named_jpg", ".jpg", 160, 111, true},
        {"made_rgba", ".png", 160, 111, true},
        {"made_palette", ".png", 160, 111, true},
        {"made_1x1", ".jpg", 1, 1},
        {"made_900x3", ".jpg", 900, 3},
        {"n01728572_exif_orientation_0", ".JPEG", 500, 333},
        {"n02676566_grey_exif", ".JPEG", 700, 467},
        {"made_truncated", ".jpg", 0, 0, false, ": truncated JPEG image, pixels are missing at its end (18486 bytes)"},
        {"made_empty", ".jpg", 0, 0, false, ": empty file, expected a JPEG or PNG image"},
        {"made_text_named_jpg", ".jpg", 0, 0, false, ": not a JPEG or PNG image (first bytes "},
    };
    const Folder folder;
    std::string list;
    std::filesystem::create_directory(folder.path / "JPEGImages");
    for (const Case& one : cases) {
        folder.write("Annotations/" + one.id + ".xml", "<annotation/>");
        std::filesystem::create_symlink(odd / (one.id + one.extension), folder / ("JPEGImages/" + one.id + one.extension));
        list += one.id + "\n";
    }
    folder.write("ImageSets/Main/odd.txt", list);
    const Result<DatasetHandle> dataset = open_dataset("voc2007", {{"root", folder.path.string()}, {"set", "odd"}});
    BOOST_REQUIRE(dataset);

    const std::vector<Port> ports = {{"x", OCTAVO_F32, {5, 3, kSide, kSide}}};
    const Preprocess steps = {{Letterbox{kSide, kSide}, Normalize{}}};
    constexpr std::size_t kPlane = kSide * kSide;
    std::map<std::string, octavo_geometry> geometries;
    std::map<std::string, std::vector<float>> pixels;
    const auto keep = [&](const Batch& batch) -> Result<void> {
        for (std::size_t row = 0; row < batch.size(); ++row) {
            const float* values = reinterpret_cast<const float*>(batch.inputs[0].data()) + row * 3 * kPlane;
            pixels[batch.ids[row]].assign(values, values + 3 * kPlane);
            geometries[batch.ids[row]] = batch.geometries[row];
        }
        return {};
    };
    const Result<SamplesDone> strict = for_each_batch({*dataset, 0, dataset->count(), steps, ports, 2, false}, keep);
    const Result<SamplesDone> done = for_each_batch({*dataset, 0, dataset->count(), steps, ports, 2, true}, keep);
    BOOST_REQUIRE(!strict);
    BOOST_REQUIRE(done);
    BOOST_TEST(done->samples == 9);
    BOOST_REQUIRE_EQUAL(done->unreadable.size(), 3U);
    BOOST_TEST(strict.error().message() == done->unreadable[0].text);  // the first one ends the run
    std::size_t unreadable = 0;
    for (const Case& one : cases) {
        BOOST_TEST_CONTEXT(one.id) {
            BOOST_TEST(pixels.contains(one.id) == one.reason.empty());
            if (!one.reason.empty()) {
                BOOST_TEST(done->unreadable[unreadable++].text.starts_with(one.id + one.reason));
                continue;
            }
            BOOST_TEST(geometries[one.id].source_width == one.width);
            BOOST_TEST(geometries[one.id].source_height == one.height);
            double difference = 0;
            for (std::size_t i = 0; i < 3 * kPlane; ++i) difference += std::abs(pixels[one.id][i] - pixels[cases[0].id][i]);
            if (one.is_goldfish) BOOST_TEST(difference / (3 * kPlane) < 2);  // at most 0.8; inverted it would be above 100
        }
    }
    const std::vector<float>& grey = pixels["n02676566_grey_exif"];
    for (std::size_t i = 0; i < kPlane; ++i) BOOST_REQUIRE(grey[i] == grey[kPlane + i] && grey[i] == grey[2 * kPlane + i]);
}

BOOST_AUTO_TEST_CASE(the_shared_tree_is_read_whole) {
    const std::string root = OCTAVO_SOURCE_DIR "/../shared/images/voc/VOC2007";
    if (!std::filesystem::exists(root)) {
        BOOST_TEST_MESSAGE("skipped: no ../shared");
        return;
    }
    struct Count {
        const char* set;
        std::int64_t images, objects, difficult;
    };
    for (const Count& expected : {Count{"eval", 300, 882, 130}, Count{"calib", 200, 524, 96}}) {
        const Result<DatasetHandle> dataset = open_dataset("voc2007", {{"root", root}, {"set", expected.set}});
        BOOST_REQUIRE(dataset);
        std::int64_t difficult = 0, objects = 0;
        for (std::int64_t i = 0; i < dataset->count(); ++i) {
            const Result<octavo_sample> sample = dataset->sample(i);
            BOOST_REQUIRE(sample);
            BOOST_TEST(!sample->note);
            for (const octavo_box& box : boxes_of(*sample)) ++(box.difficult ? difficult : objects);
        }
        BOOST_TEST(dataset->count() == expected.images);
        BOOST_TEST(objects == expected.objects);
        BOOST_TEST(difficult == expected.difficult);
    }
}

BOOST_AUTO_TEST_SUITE_END()
