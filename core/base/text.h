// Small helpers on text: splitting, joining, and the nearest known name for a "did you mean".
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

// Pieces between separators; "a,,b" has three, "" has one.
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> pieces, std::string_view separator);
// "1 image", "2 images"; `plural` where an s does not make it.
std::string counted(std::integral auto count, std::string_view noun, std::string_view plural = {}) {
    const std::string number = std::to_string(count) + " ";
    return number + (count != 1 && !plural.empty() ? std::string(plural) : std::string(noun) + (count == 1 ? "" : "s"));
}
// What was found of some kind, and how the first of each kind is called: "Mod 'a', NonZero 'b' (and 40 more)".
struct Example {
    std::string kind, title;
};
std::string first_of_each(std::span<const Example> found);
// With U+FFFD for every byte that belongs to no character of UTF-8.
std::string as_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) {
    return as_utf8(text) == text;
}
bool ends_with_ignoring_case(std::string_view text, std::string_view suffix);

// Insertions, deletions and replacements that turn one text into the other; case counts.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate closest to `name` (the first of equals), or "" where none is close: at most two edits, or a third of the name's length.
std::string nearest(std::string_view name, std::span<const std::string> candidates);
// ", did you mean 'x'?" or "".
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace octavo
