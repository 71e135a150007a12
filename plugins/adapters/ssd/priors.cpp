#include "priors.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace octavo {

Result<std::vector<float>> read_priors(const std::string& file) {
    std::ifstream stream(file);
    std::vector<float> numbers;
    std::int64_t number = 1;
    for (std::string line; std::getline(stream, line); ++number) {
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream words(line);
        const std::size_t before = numbers.size();
        for (float value = 0; words >> value;) numbers.push_back(value);
        const std::size_t found = numbers.size() - before;
        if (!words.eof() || (found != 4 && found != 0))
            return Error(Code::data, file + ":" + std::to_string(number) + ": found '" + line + "', expected left, top, right, bottom");
    }
    if (numbers.empty()) return Error(Code::data, file + ": found no number, expected a prior box a line: left, top, right, bottom");
    return numbers;
}

}  // namespace octavo
