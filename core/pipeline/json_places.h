// Where everything stands in a JSON text, which Boost.JSON does not tell: the offset of each key and value by JSON pointer, keys that an
// object has twice, and for a text that is no JSON the place of the fault with what was expected there. Comments and trailing commas are
// allowed. The text may be anything; time and memory grow with its length alone.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

struct JsonPlace {
    std::size_t key = 0;  // offset of the first byte; of an element without a key that of its value
    std::size_t value = 0;
};

struct RepeatedKey {
    std::string pointer;
    std::size_t first = 0, again = 0;
};

struct JsonFault {
    std::size_t offset = 0;
    std::string found, expected;
};

struct JsonPlaces {
    std::map<std::string, JsonPlace, std::less<>> by_pointer;  // "" is the whole
    std::vector<RepeatedKey> repeated;
    std::optional<JsonFault> fault;

    // Of the pointer, or of the nearest thing around it that is there.
    JsonPlace find(std::string_view pointer) const;
};

JsonPlaces find_json_places(std::string_view text);

// Line and column from 1; columns count characters of UTF-8.
struct Position {
    std::size_t line = 1, column = 1;
};
Position position_of(std::string_view text, std::size_t offset);

}  // namespace octavo
