// [NAME=]NUMBER,NUMBER,...;NAME=... A name is what stands before the last '=' of its part.
#include "core/cli/feeding.h"

#include "core/base/text.h"

#include <charconv>
#include <cmath>

namespace octavo::cli {
namespace {

template <class Number>
std::optional<Number> number_in(const std::string& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Each says what it expects where it gives nothing.
struct SizeReader {
    static constexpr const char* kExpected = "sizes such as 1,3,320,320, where the first may be N";
    static std::optional<std::int64_t> read(const std::string& text, std::size_t place) {
        if (place == 0 && (text == "N" || text == "-1" || text == "?")) return -1;
        const std::optional<std::int64_t> size = number_in<std::int64_t>(text);
        return size && *size > 0 ? size : std::nullopt;
    }
};
struct MeanReader {
    static constexpr const char* kExpected = "numbers such as 123.675,116.28,103.53";
    static std::optional<float> read(const std::string& text, std::size_t) {
        const std::optional<float> value = number_in<float>(text);
        return value && std::isfinite(*value) ? value : std::nullopt;
    }
};
struct ScaleReader {
    static constexpr const char* kExpected = "numbers to divide by, such as 58.395,57.12,57.375";
    static std::optional<float> read(const std::string& text, std::size_t place) {
        const std::optional<float> value = MeanReader::read(text, place);
        return value && *value != 0 && std::isfinite(1 / *value) ? value : std::nullopt;
    }
};

template <class Reader, class Number>
Result<std::map<std::string, std::vector<Number>>> read_lists(const Parsed& parsed, const char* option) {
    std::map<std::string, std::vector<Number>> lists;
    if (!parsed.has(option)) return lists;
    const std::string place = "--" + std::string(option) + " " + *parsed.text(option);
    const std::vector<std::string> parts = split(*parsed.text(option), ';');
    for (const std::string& part : parts) {
        const std::size_t equals = part.rfind('=');
        const std::string name = equals == std::string::npos ? "" : part.substr(0, equals);
        if (name.empty() && (parts.size() > 1 || equals != std::string::npos))
            return Error(Code::config, place + ": found '" + part + "', expected the name of an input in front, NAME=" + part);
        if (lists.contains(name)) return Error(Code::config, place + ": found input '" + name + "' twice");
        std::vector<Number>& numbers = lists[name];
        for (const std::string& text : split(equals == std::string::npos ? part : part.substr(equals + 1), ',')) {
            const std::optional<Number> number = Reader::read(text, numbers.size());
            if (!number) return Error(Code::config, place + ": found '" + text + "', expected " + Reader::kExpected);
            numbers.push_back(*number);
        }
    }
    return lists;
}

}  // namespace

void add_feeding(Syntax& syntax) {
    syntax.text("input-shape",
                "[NAME=]1,3,320,320[;NAME=...]: the model for another input size, in the order that octavo inspect shows; N in place of\n"
                "the first: any batch");
    syntax.text("mean",
                "[NAME=]123.675,116.28,103.53[;NAME=...]: the written model subtracts this from its input; one value or one a channel");
    syntax.text("scale", "[NAME=]58.395,57.12,57.375[;NAME=...]: and then divides by this");
    syntax.flag("reverse-channels",
                "the written model takes BGR where the model was trained with RGB, or the reverse; mean and scale stay in the order of\n"
                "the training");
}

Result<FeedingOptions> feeding_of(const Parsed& parsed) {
    FeedingOptions options;
    OCTAVO_TRY(options.shapes, (read_lists<SizeReader, std::int64_t>(parsed, "input-shape")));
    OCTAVO_TRY(options.feeding.means, (read_lists<MeanReader, float>(parsed, "mean")));
    OCTAVO_TRY(options.feeding.scales, (read_lists<ScaleReader, float>(parsed, "scale")));
    options.feeding.reverse_channels = parsed.flag("reverse-channels");
    return options;
}

}  // namespace octavo::cli
