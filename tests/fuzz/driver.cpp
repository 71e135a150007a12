// fuzz_NAME [--seconds S] [--seed N] [FILE...]: changes valid inputs (fuzz_seeds, and the files) at random and hands them to the parser, in
// a child process. Where that dies, runs longer than a minute on one input, or a sanitizer speaks, the input is written to
// crash-NAME-SEED-NUMBER and the exit code is 1. Input number N of a seed is always the same: --from N runs from there.
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <new>
#include <random>
#include <span>
#include <string_view>

namespace {

using Clock = std::chrono::steady_clock;
using Random = std::mt19937_64;

constexpr unsigned kMostSeconds = 60;  // on one input

struct Options {
    double seconds = 2;
    std::uint64_t seed = 1, from = 0;
    std::vector<std::string> inputs = fuzz_seeds();
};

std::size_t below(Random& random, std::size_t end) {
    return end == 0 ? 0 : static_cast<std::size_t>(random() % end);
}

// Numbers at which lengths, offsets and signs go wrong.
void put_number(std::string& bytes, Random& random) {
    constexpr std::uint64_t kNumbers[] = {0,          1,          0x7F,       0x80,        0xFF,        0x7FFF, 0xFFFF,
                                          0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, ~0ULL >> 1U, ~0ULL};
    const std::uint64_t number = kNumbers[below(random, std::size(kNumbers))];
    const std::size_t width = std::size_t{1} << below(random, 4);
    if (bytes.size() < width) return;
    std::memcpy(bytes.data() + below(random, bytes.size() - width + 1), &number, width);
}

// The same in text: a run of digits becomes another one.
void put_digits(std::string& bytes, Random& random) {
    constexpr std::string_view kTexts[] = {"0",    "-1",  "2147483648", "4294967296", "9223372036854775807", "99999999999999999999",
                                           "1e39", "nan", "",           "1,1"};
    const std::size_t first = bytes.find_first_of("0123456789", below(random, bytes.size()));
    if (first == std::string::npos) return;
    const std::size_t last = std::min(bytes.find_first_not_of("0123456789.", first), bytes.size());
    bytes.replace(first, last - first, kTexts[below(random, std::size(kTexts))]);
}

void change(std::string& bytes, const std::string& other, Random& random) {
    const std::size_t at = below(random, bytes.size()), length = below(random, 1 + below(random, 64));
    switch (below(random, 9)) {
        case 0:
            bytes.resize(at);
            break;
        case 1:
            bytes.erase(at, length);
            break;
        case 2:
            bytes.insert(at, length, static_cast<char>(random()));
            break;
        case 3:
            bytes.insert(below(random, bytes.size()), bytes.substr(at, length));
            break;
        case 4:
            bytes.insert(at, other.substr(below(random, other.size()), below(random, 256)));
            break;
        case 5:
            put_number(bytes, random);
            break;
        case 6:
            put_digits(bytes, random);
            break;
        default:
            if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(random, 8)));
    }
}

std::string input_of(const Options& options, std::uint64_t number) {
    if (number < options.inputs.size()) return options.inputs[number];
    Random random(options.seed * 0x9E3779B97F4A7C15ULL + number);
    std::string bytes = options.inputs[below(random, options.inputs.size())];
    const std::string& other = options.inputs[below(random, options.inputs.size())];
    for (std::size_t left = 1 + below(random, 1 + below(random, 8)); left > 0; --left) change(bytes, other, random);
    return bytes;
}

// In the child: `number` is where the parent sees which input was the last.
[[noreturn]] void run(const Options& options, std::atomic<std::uint64_t>& number) {
    const auto end = Clock::now() + std::chrono::duration<double>(options.seconds);
    for (number = options.from; Clock::now() < end || number < options.inputs.size(); ++number) {
        const std::string input = input_of(options, number);
        alarm(kMostSeconds);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    }
    std::exit(0);
}

Options options_of(std::span<char*> arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        const bool has_value = i + 1 < arguments.size();
        if (argument == "--seconds" && has_value) {
            options.seconds = std::strtod(arguments[++i], nullptr);
        } else if (argument == "--seed" && has_value) {
            options.seed = std::strtoull(arguments[++i], nullptr, 10);
        } else if (argument == "--from" && has_value) {
            options.from = std::strtoull(arguments[++i], nullptr, 10);
        } else {
            std::ifstream file(arguments[i], std::ios::binary);
            options.inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        }
    }
    return options;
}

}  // namespace

// Sanitizers: what a parser asks for beyond this is more than a small input can need.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "max_allocation_size_mb=1024:detect_leaks=1:exitcode=99";
}

int main(int count, char** arguments) {
    const std::string name = std::string(arguments[0]).substr(std::string(arguments[0]).rfind('/') + 1);
    const Options options = options_of(std::span(arguments + 1, static_cast<std::size_t>(count - 1)));
    void* shared = mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 2;
    auto* number = new (shared) std::atomic<std::uint64_t>(0);
    const pid_t child = fork();
    if (child == 0) run(options, *number);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) return 2;
    std::printf("%s: seed %llu, inputs %llu to %llu\n", name.c_str(), static_cast<unsigned long long>(options.seed),
                static_cast<unsigned long long>(options.from), static_cast<unsigned long long>(number->load()));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
    const std::string path = "crash-" + name + "-" + std::to_string(options.seed) + "-" + std::to_string(number->load());
    std::ofstream(path, std::ios::binary) << input_of(options, number->load());
    std::printf("%s: the parser died or took more than %u s; its input is in %s\n", name.c_str(), kMostSeconds, path.c_str());
    return 1;
}
