// float16 and bfloat16 as bits, to and from float32. Narrowing rounds to nearest even; what is too large becomes infinite.
#pragma once

#include <cstdint>

namespace octavo {

float from_bfloat16(std::uint16_t bits);
float from_float16(std::uint16_t bits);
std::uint16_t to_float16(float value);

}  // namespace octavo
