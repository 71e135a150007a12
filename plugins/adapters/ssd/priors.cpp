#include "priors.h"

#include <octavo/text_files.h>

#include <algorithm>
#include <cstddef>
#include <sstream>

namespace octavo {

Result<std::vector<float>> read_priors(const std::string& file) {
    OCTAVO_TRY(const std::string text, read_text(file));
    std::vector<float> numbers;
    OCTAVO_CHECK_OK(for_each_line(file, text, [&](std::string_view entry) -> Result<void> {
        std::string line(entry);
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream words(line);
        const std::size_t before = numbers.size();
        for (float value = 0; words >> value;) numbers.push_back(value);
        if (words.eof() && numbers.size() - before == 4) return {};
        return Error(Code::data, "found '" + line + "', expected left, top, right, bottom");
    }));
    if (numbers.empty()) return Error(Code::data, file + ": found no number, expected a prior box a line: left, top, right, bottom");
    return numbers;
}

}  // namespace octavo
