// Text helpers of text.h, plain and allocation-happy: they run on names and messages only.
#include "core/base/text.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <numeric>
#include <unordered_map>

namespace octavo {
namespace {

// Of the character at the beginning, by the table of well-formed sequences of the Unicode Standard (3.9, D92); 0 where there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned first = byte(0), second = byte(1);
    if (first < 0x80) return 1;
    const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool is_beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    if (length == 0 || is_overlong || is_beyond) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
    return length;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> pieces;
    for (;;) {
        const std::size_t end = text.find(separator);
        pieces.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

std::string join(std::span<const std::string> pieces, std::string_view separator) {
    std::string text;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i > 0) text += separator;
        text += pieces[i];
    }
    return text;
}

std::string first_of_each(std::span<const Example> found) {
    std::unordered_map<std::string_view, std::size_t> counts;
    for (const Example& one : found) ++counts[one.kind];
    std::vector<std::string> pieces;
    for (const Example& one : found) {
        const auto count = counts.extract(one.kind);  // there for the first of a kind only
        if (!count) continue;
        pieces.push_back(one.title + (count.mapped() > 1 ? " (and " + std::to_string(count.mapped() - 1) + " more)" : ""));
    }
    return join(pieces, ", ");
}

std::string as_utf8(std::string_view text) {
    std::string valid;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        valid += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return valid;
}

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    return text.size() >= suffix.size() && std::equal(suffix.rbegin(), suffix.rend(), text.rbegin(), same);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
    std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
    std::string found;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(name, candidate);
        // A short name is "near" to any other: at least one character must be shared.
        if (distance >= best || distance >= std::max(name.size(), candidate.size())) continue;
        best = distance;
        found = candidate;
    }
    return found;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
    const std::string found = nearest(name, candidates);
    return found.empty() ? "" : ", did you mean '" + found + "'?";
}

}  // namespace octavo
