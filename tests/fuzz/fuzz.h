// What a fuzz target gives: a function that hands bytes to a parser, under the name that libFuzzer and AFL++ look for, and valid inputs to
// begin with. driver.cpp runs it without either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

std::vector<std::string> fuzz_seeds();
