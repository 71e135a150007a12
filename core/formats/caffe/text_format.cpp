// A recursive descent over the text, one function a rule of the grammar.
#include "core/formats/caffe/text_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>

namespace octavo::caffe {
namespace {

// No real network comes near; a small hostile file could otherwise claim a hundred times its size, or the whole stack.
constexpr std::size_t kMostFields = 1'000'000;
constexpr int kMostDepth = 32;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_of_word(char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '+' || c == '-';
}

Error at_line(std::size_t line, const std::string& what) {
    return {Code::model, "line " + std::to_string(line) + ": " + what};
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    }

    // Fields up to `end`, which is taken; '\0' is the end of the text.
    Result<void> fields(std::vector<Field>& into, char end, int depth) {
        if (depth > kMostDepth) return fault("messages in more than " + std::to_string(kMostDepth) + " others");
        for (skip_blanks(); peek() != end || (end == '\0' && at_ < text_.size()); skip_blanks()) {
            OCTAVO_CHECK_OK(field(into, depth));
            if (peek() == ',' || peek() == ';') ++at_;
        }
        if (end != '\0') ++at_;
        return {};
    }

private:
    Result<void> field(std::vector<Field>& into, int depth) {
        if (!is_letter(peek())) return expected("a field's name");
        const std::size_t line = line_;
        const std::string_view name = take([](char c) { return is_letter(c) || is_digit(c); });
        skip_blanks();
        const bool has_colon = peek() == ':';
        if (has_colon) ++at_;
        skip_blanks();
        if (has_colon && peek() == '[') return list(name, into, depth);
        if (!has_colon && !opens_message()) return expected("':' or '{' behind '" + std::string(name) + "'");
        return value(name, line, into, depth);
    }

    Result<void> list(std::string_view name, std::vector<Field>& into, int depth) {
        ++at_;
        skip_blanks();
        while (peek() != ']') {
            OCTAVO_CHECK_OK(value(name, line_, into, depth));
            if (peek() != ',' && peek() != ']') return expected("',' or ']'");
            if (peek() == ',') ++at_;
            skip_blanks();
        }
        ++at_;
        skip_blanks();
        return {};
    }

    Result<void> value(std::string_view name, std::size_t line, std::vector<Field>& into, int depth) {
        if (++count_ > kMostFields) return fault("more than " + std::to_string(kMostFields) + " fields, which no real network has");
        Field made{name, {}, {}, opens_message(), line};
        if (made.is_message) {
            const char end = text_[at_++] == '{' ? '}' : '>';
            OCTAVO_CHECK_OK(fields(made.fields, end, depth + 1));
        } else if (peek() == '"' || peek() == '\'') {
            OCTAVO_TRY(made.text, strings());
        } else if (is_of_word(peek())) {
            made.text = take(is_of_word);
        } else {
            return expected("a value of '" + std::string(name) + "'");
        }
        into.push_back(std::move(made));
        skip_blanks();
        return {};
    }

    // Strings side by side are one.
    Result<std::string> strings() {
        std::string joined;
        for (; peek() == '"' || peek() == '\''; skip_blanks()) {
            const char quote = text_[at_++];
            for (; peek() != quote; ++at_) {
                if (at_ == text_.size() || peek() == '\n') return expected("the end of a string");
                if (peek() != '\\') {
                    joined += peek();
                    continue;
                }
                ++at_;
                constexpr std::string_view kEscapes = "nrt\\'\"", kMeanings = "\n\r\t\\'\"";
                const std::size_t escape = kEscapes.find(peek());
                if (escape == std::string_view::npos) return expected("one of n r t \\ ' \" behind a backslash");
                joined += kMeanings[escape];
            }
            ++at_;
        }
        return joined;
    }

    template <class Belongs>
    std::string_view take(Belongs belongs) {
        const std::size_t first = at_;
        while (at_ < text_.size() && belongs(text_[at_])) ++at_;
        return text_.substr(first, at_ - first);
    }

    void skip_blanks() {
        for (; at_ < text_.size(); ++at_) {
            if (peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
            if (at_ == text_.size() || std::string_view(" \t\r\n\v\f").find(peek()) == std::string_view::npos) return;
            if (peek() == '\n') ++line_;
        }
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool opens_message() const { return peek() == '{' || peek() == '<'; }

    Error fault(const std::string& what) const { return at_line(line_, what); }
    Error expected(const std::string& what) const {
        if (at_ == text_.size()) return fault("the file ends, expected " + what);
        return fault(std::string("found '") + peek() + "', expected " + what);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t count_ = 0;
};

Error misfit(const Field& field, const std::string& what) {
    return at_line(field.line,
                   std::string(field.name) + " is " + (field.is_message ? "a message" : "'" + field.text + "'") + ", expected " + what);
}

template <class T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<std::string> as_text(const Field& field) {
    if (field.is_message) return misfit(field, "text");
    return field.text;
}

Result<bool> as_flag(const Field& field) {
    for (const char* yes : {"true", "True", "t", "1"})
        if (field.text == yes) return true;
    for (const char* no : {"false", "False", "f", "0"})
        if (field.text == no) return false;
    return misfit(field, "true or false");
}

Result<std::int64_t> as_integer(const Field& field) {
    const std::optional<std::int64_t> value = number<std::int64_t>(field.text);
    if (!value) return misfit(field, "an integer");
    return *value;
}

Result<float> as_real(const Field& field) {
    std::string_view text = field.text;
    if (text.size() > 1 && text.ends_with('f')) text.remove_suffix(1);
    const std::optional<double> value = number<double>(text);
    if (!value || !std::isfinite(static_cast<float>(*value))) return misfit(field, "a finite number");
    return static_cast<float>(*value);
}

template <class T>
Result<T> one(const Field& message, std::string_view name, T fallback, Result<T> (*as)(const Field&)) {
    OCTAVO_TRY(const Field* const field, single(message, name));
    if (!field) return fallback;
    return as(*field);
}

template <class T>
Result<std::vector<T>> each(const Field& message, std::string_view name, Result<T> (*as)(const Field&)) {
    std::vector<T> values;
    for (const Field* field : all(message, name)) {
        OCTAVO_TRY(T value, as(*field));
        values.push_back(std::move(value));
    }
    return values;
}

}  // namespace

Result<Field> parse_text(std::string_view text) {
    Field whole;
    whole.is_message = true;
    OCTAVO_CHECK_OK(Parser(text).fields(whole.fields, '\0', 0));
    return whole;
}

std::vector<const Field*> all(const Field& message, std::string_view name) {
    std::vector<const Field*> found;
    for (const Field& field : message.fields)
        if (field.name == name) found.push_back(&field);
    return found;
}

Result<const Field*> single(const Field& message, std::string_view name) {
    const std::vector<const Field*> found = all(message, name);
    if (found.size() > 1) return at_line(found[1]->line, std::string(name) + " is given twice");
    return found.empty() ? nullptr : found.front();
}

bool has(const Field& message, std::string_view name) {
    return std::any_of(message.fields.begin(), message.fields.end(), [&](const Field& field) { return field.name == name; });
}

Result<std::string> text(const Field& message, std::string_view name, std::string_view fallback) {
    return one(message, name, std::string(fallback), as_text);
}
Result<bool> flag(const Field& message, std::string_view name, bool fallback) {
    return one(message, name, fallback, as_flag);
}
Result<std::int64_t> integer(const Field& message, std::string_view name, std::int64_t fallback) {
    return one(message, name, fallback, as_integer);
}
Result<float> real(const Field& message, std::string_view name, float fallback) {
    return one(message, name, fallback, as_real);
}
Result<std::vector<std::string>> texts(const Field& message, std::string_view name) {
    return each(message, name, as_text);
}
Result<std::vector<std::int64_t>> integers(const Field& message, std::string_view name) {
    return each(message, name, as_integer);
}
Result<std::vector<float>> reals(const Field& message, std::string_view name) {
    return each(message, name, as_real);
}

}  // namespace octavo::caffe
