// A text of numbers, four a line (left, top, right, bottom), parted by blanks or commas; octavo/text_files.h says what else a line may be.
#pragma once

#include <octavo/result.h>

#include <string>
#include <vector>

namespace octavo {

Result<std::vector<float>> read_priors(const std::string& file);

}  // namespace octavo
