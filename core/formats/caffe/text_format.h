// Protobuf text format, as .prototxt files hold it: fields by name with numbers, words, strings, lists and nested messages, and comments.
// Nothing is known here about what the names mean. The text is hostile until parsed: depth and number of fields are bounded.
#pragma once

#include <octavo/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace octavo::caffe {

// One occurrence of a field: text where it is a number, a word or a string, else further fields.
struct Field {
    std::string_view name;  // points into the parsed text
    std::string text;
    std::vector<Field> fields;
    bool is_message = false;
    std::size_t line = 0;
};

// The whole text as one message without a name. Error, Code::model: "line 12: ...".
Result<Field> parse_text(std::string_view text);

// ---- fields of a message by name; what is absent is the fallback, what cannot be read or stands twice is an error with its line

std::vector<const Field*> all(const Field& message, std::string_view name);
// nullptr where it is absent.
Result<const Field*> single(const Field& message, std::string_view name);
bool has(const Field& message, std::string_view name);

Result<std::string> text(const Field& message, std::string_view name, std::string_view fallback = "");
Result<bool> flag(const Field& message, std::string_view name, bool fallback);
Result<std::int64_t> integer(const Field& message, std::string_view name, std::int64_t fallback);
Result<float> real(const Field& message, std::string_view name, float fallback);
Result<std::vector<std::string>> texts(const Field& message, std::string_view name);
Result<std::vector<std::int64_t>> integers(const Field& message, std::string_view name);
Result<std::vector<float>> reals(const Field& message, std::string_view name);

}  // namespace octavo::caffe
