// A scanner by recursive descent. Numbers and escapes are only delimited: Boost.JSON reads the values, and says where those are wrong.
#include "core/pipeline/json_places.h"

#include "core/plugins/findings.h"

#include <boost/json.hpp>

#include <algorithm>

namespace octavo {
namespace {

constexpr std::size_t kDeepest = 32;      // as Boost.JSON reads
constexpr std::size_t kLongestKey = 256;  // so that pointers stay small, whatever is below them

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == '_';
}

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    JsonPlaces scan() {
        if (skip() && value("", at_, 0) && skip() && at_ < text_.size()) fail("the end of the file, since the object is complete");
        return std::move(places_);
    }

private:
    bool fail(std::string expected) { return fail(at_, std::move(expected), found_at(at_)); }
    bool fail(std::size_t offset, std::string expected, std::string found) {
        places_.fault = JsonFault{offset, std::move(found), std::move(expected)};
        return false;
    }

    // A word, or one character of UTF-8, quoted for a message.
    std::string found_at(std::size_t offset) const {
        constexpr std::size_t kLongest = 30;
        if (offset >= text_.size()) return "the end of the file";
        std::size_t end = offset;
        while (end < text_.size() && is_word(text_[end]) && end - offset < kLongest) ++end;
        if (end == offset) ++end;
        while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
        const std::string piece(text_.substr(offset, end - offset));
        return static_cast<unsigned char>(piece[0]) < ' ' ? "a control character" : "'" + piece + "'";
    }

    bool is_at(std::string_view piece) const { return text_.substr(at_).starts_with(piece); }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    // White space and comments. False where a comment does not end.
    bool skip() {
        while (at_ < text_.size()) {
            const std::size_t start = at_;
            if (std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
                ++at_;
            } else if (is_at("//")) {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (is_at("/*")) {
                at_ = text_.find("*/", at_ + 2);
                if (at_ == std::string_view::npos) return fail(start, "a comment that ends with */", "'/*' without it");
                at_ += 2;
            } else {
                break;
            }
        }
        return true;
    }

    bool value(const std::string& pointer, std::size_t key, std::size_t depth) {
        places_.by_pointer.emplace(pointer, JsonPlace{key, at_});
        if (depth > kDeepest) return fail("at most " + std::to_string(kDeepest) + " levels of objects and lists");
        if (is_at("{")) return members(pointer, depth);
        if (is_at("[")) return elements(pointer, depth);
        if (is_at("\"")) return string();
        const std::size_t start = at_;
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
        const std::string_view word = text_.substr(start, at_ - start);
        const bool is_number = !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
        if (is_number || word == "true" || word == "false" || word == "null") return true;
        return fail(start, word.empty() ? "a value" : "a value; text stands in double quotes", found_at(start));
    }

    bool members(const std::string& pointer, std::size_t depth) {
        for (++at_; skip();) {
            if (take('}')) return true;
            const std::size_t key = at_;
            if (!is_at("\"")) return fail("a key in double quotes, or '}'");
            if (!string()) return false;
            if (at_ - key > kLongestKey) return fail(key, "a key of at most " + std::to_string(kLongestKey) + " bytes", "a longer one");
            const std::string member = pointer + pointer_step(decoded(text_.substr(key, at_ - key)));
            if (const auto earlier = places_.by_pointer.find(member); earlier != places_.by_pointer.end())
                places_.repeated.push_back({member, earlier->second.key, key});
            if (!skip()) return false;
            if (!take(':')) return fail("':' behind a key");
            if (!skip() || !value(member, key, depth + 1) || !skip()) return false;
            if (!is_at("}") && !take(',')) return fail("',' or '}'");
        }
        return false;
    }

    bool elements(const std::string& pointer, std::size_t depth) {
        ++at_;
        for (std::size_t i = 0; skip(); ++i) {
            if (take(']')) return true;
            if (!value(pointer + "/" + std::to_string(i), at_, depth + 1) || !skip()) return false;
            if (!is_at("]") && !take(',')) return fail("',' or ']'");
        }
        return false;
    }

    bool string() {
        const std::size_t start = at_;
        for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
            if (text_[at_] == '\\') {
                ++at_;
                if (at_ < text_.size() && std::string_view("\"\\/bfnrtu").find(text_[at_]) == std::string_view::npos)
                    return fail(at_ - 1, "an escape that JSON knows; a backslash itself is written \\\\", "'\\" + found_at(at_).substr(1));
            } else if (text_[at_] == '"') {
                ++at_;
                return true;
            }
        }
        at_ = std::min(at_, text_.size());
        return fail(start, "a double quote at its end, on the same line", "a text without an end");
    }

    // A key without its escapes; as it stands where they are wrong.
    static std::string decoded(std::string_view quoted) {
        boost::json::error_code failed;
        const boost::json::value key = boost::json::parse(boost::json::string_view(quoted.data(), quoted.size()), failed);
        return failed || !key.is_string() ? std::string(quoted) : std::string(key.get_string());
    }

    std::string_view text_;
    std::size_t at_ = 0;
    JsonPlaces places_;
};

}  // namespace

JsonPlace JsonPlaces::find(std::string_view pointer) const {
    for (;;) {
        const auto found = by_pointer.find(pointer);
        if (found != by_pointer.end()) return found->second;
        if (pointer.empty()) return {};
        pointer = pointer.substr(0, std::min(pointer.rfind('/'), pointer.size()));
    }
}

JsonPlaces find_json_places(std::string_view text) {
    return Scanner(text).scan();
}

Position position_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::string_view last = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
    const auto column =
        1 + std::count_if(last.begin(), last.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    return {static_cast<std::size_t>(line), static_cast<std::size_t>(column)};
}

}  // namespace octavo
