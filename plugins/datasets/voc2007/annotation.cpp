// <part> elements inside an <object> have a name and a box too, so nothing is looked for but direct children.
#include "annotation.h"

#include <octavo/text_files.h>

#include <pugixml.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace octavo {
namespace {

std::string text_of(const pugi::xml_node& node) {
    return std::string(trimmed(node.child_value()));
}

class Reader {
public:
    Reader(const std::string& path, const std::string& text, const AnnotationRules& rules) : path_(path), text_(text), rules_(rules) {}

    Result<AnnotatedBoxes> read() {
        pugi::xml_document document;
        const pugi::xml_parse_result parsed = document.load_buffer(text_.data(), text_.size());
        if (!parsed) return error_at(parsed.offset, std::string("found no XML (") + parsed.description() + "), expected <annotation>");
        const pugi::xml_node root = document.document_element();
        if (std::string_view(root.name()) != "annotation")
            return error(root, "found <" + std::string(root.name()) + ">, expected <annotation>");
        OCTAVO_TRY(const float width, side(root, "width"));
        OCTAVO_TRY(const float height, side(root, "height"));
        AnnotatedBoxes boxes(rules_.bad_boxes, width, height);
        for (const pugi::xml_node& object : root.children("object")) OCTAVO_CHECK_OK(add(object, boxes));
        return boxes;
    }

private:
    Result<void> add(const pugi::xml_node& object, AnnotatedBoxes& boxes) const {
        const std::string name = text_of(object.child("name"));
        if (name.empty()) return error(object, "found an <object> without a <name>, expected the name of its class");
        const auto known = std::find(rules_.classes.begin(), rules_.classes.end(), name);
        if (known == rules_.classes.end()) {
            if (!rules_.skip_unknown)
                return error(object, "found the class '" + name +
                                         "', expected one of \"classes\"; \"unknown_class\" may be \"skip\" instead of \"error\"");
            boxes.leave_out_class(name);
            return {};
        }
        octavo_box box{};
        box.label = static_cast<std::int32_t>(known - rules_.classes.begin());
        box.score = 1;
        const std::string difficult = text_of(object.child("difficult"));
        if (!difficult.empty() && difficult != "0" && difficult != "1")
            return error(object.child("difficult"), "<difficult> is '" + difficult + "', expected 0 or 1");
        box.difficult = difficult == "1" ? 1 : 0;
        return add_box(object, name, box, boxes);
    }

    Result<void> add_box(const pugi::xml_node& object, const std::string& name, octavo_box box, AnnotatedBoxes& boxes) const {
        const pugi::xml_node edges = object.child("bndbox");
        if (!edges) return error(object, "'" + name + "' has no <bndbox>, expected one with xmin, ymin, xmax and ymax");
        OCTAVO_TRY(box.left, number(edges, "xmin"));
        OCTAVO_TRY(box.top, number(edges, "ymin"));
        OCTAVO_TRY(box.right, number(edges, "xmax"));
        OCTAVO_TRY(box.bottom, number(edges, "ymax"));
        box.left -= 1;  // pixels count from 1, and the last one is inside
        box.top -= 1;
        std::string written = "of '" + name + "'";
        for (const char* edge : {"xmin", "ymin", "xmax", "ymax"}) written += std::string(" ") + edge + " " + text_of(edges.child(edge));
        if (const Result<void> added = boxes.add(box, written); !added) return error(edges, added.error().message());
        return {};
    }

    Result<float> number(const pugi::xml_node& parent, const char* name) const {
        const std::string text = text_of(parent.child(name));
        float value = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
            return error(parent.child(name) ? parent.child(name) : parent,
                         "<" + std::string(name) + "> is " + (text.empty() ? "missing" : "'" + text + "'") + ", expected a number");
        return value;
    }

    // 0 where the file does not say.
    Result<float> side(const pugi::xml_node& root, const char* name) const {
        const pugi::xml_node size = root.child("size");
        return size.child(name) ? number(size, name) : Result<float>(0.0F);
    }

    Error error(const pugi::xml_node& node, const std::string& message) const { return error_at(node.offset_debug(), message); }
    Error error_at(std::ptrdiff_t offset, const std::string& message) const {
        const auto end = text_.begin() + std::clamp<std::ptrdiff_t>(offset, 0, std::ssize(text_));
        return {Code::data, path_ + ":" + std::to_string(1 + std::count(text_.begin(), end, '\n')) + ": " + message};
    }

    const std::string& path_;
    const std::string& text_;
    const AnnotationRules& rules_;
};

}  // namespace

Result<AnnotatedBoxes> read_annotation(const std::string& path, const AnnotationRules& rules) {
    OCTAVO_TRY(const std::string text, read_text(path));
    return Reader(path, text, rules).read();
}

}  // namespace octavo
