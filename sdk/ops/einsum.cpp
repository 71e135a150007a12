// See einsum.h.
#include "ops/einsum.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace octavo::ops {

namespace {

bool are_letters(const std::string& term) {
    return std::ranges::all_of(term, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
}

bool has_each_once(std::string term) {
    std::ranges::sort(term);
    return std::ranges::adjacent_find(term) == term.end();
}

}  // namespace

std::optional<Equation> parse_equation(std::string_view text) {
    std::string equation(text);
    std::erase(equation, ' ');
    const std::size_t arrow = equation.find("->");
    std::string left = equation.substr(0, arrow);
    Equation parsed;
    for (std::size_t comma = left.find(','); comma != left.npos; comma = left.find(',')) {
        parsed.operands.push_back(left.substr(0, comma));
        left.erase(0, comma + 1);
    }
    parsed.operands.push_back(left);
    std::map<char, int> count;
    for (const std::string& term : parsed.operands) {
        if (!are_letters(term) || !has_each_once(term)) return std::nullopt;
        for (const char letter : term) ++count[letter];
    }
    if (arrow != equation.npos) parsed.result = equation.substr(arrow + 2);
    if (arrow == equation.npos)
        for (const auto& [letter, times] : count)
            if (times == 1) parsed.result += letter;
    const bool known = std::ranges::all_of(parsed.result, [&](char letter) { return count.contains(letter); });
    if (parsed.operands.size() > 2 || !known || !has_each_once(parsed.result)) return std::nullopt;
    return parsed;
}

}  // namespace octavo::ops
