// Little-endian on every machine: magic "OCTDELTA", version (u32), number of constants (u32), bytes that follow (u64); then for each
// constant its name's length (u32), the name, the number of values (u64), and the values as float32.
#include "core/plan/delta.h"

#include "core/base/hash.h"

#include <bit>

namespace octavo {
namespace {

constexpr std::string_view kMagic = "OCTDELTA";
constexpr std::uint32_t kVersion = 1;

template <class T>
void put(std::string& bytes, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}

// Takes numbers and text off the front; once something is missing, all that follows is zero or empty and `failed` stays set.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::string_view take(std::uint64_t size) {
        failed_ = failed_ || size > rest_.size();
        if (failed_) return {};
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <class T>
    T number() {
        const std::string_view bytes = take(sizeof(T));
        T value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            value = static_cast<T>(value | static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8 * i)));
        return value;
    }
    std::vector<float> floats() {
        const auto count = number<std::uint64_t>();
        std::vector<float> values;
        failed_ = failed_ || count > rest_.size() / sizeof(float);
        if (failed_) return values;
        values.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) values.push_back(std::bit_cast<float>(number<std::uint32_t>()));
        return values;
    }
    std::size_t left() const { return rest_.size(); }
    bool failed() const { return failed_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

Error damaged(const char* what) {
    return {Code::config, what};
}

}  // namespace

std::string write_delta(const Replaced& replaced) {
    std::string body;
    for (const auto& [name, values] : replaced) {
        put(body, static_cast<std::uint32_t>(name.size()));
        body += name;
        put(body, static_cast<std::uint64_t>(values.size()));
        for (const float value : values) put(body, std::bit_cast<std::uint32_t>(value));
    }
    std::string bytes(kMagic);
    put(bytes, kVersion);
    put(bytes, static_cast<std::uint32_t>(replaced.size()));
    put(bytes, static_cast<std::uint64_t>(body.size()));
    return bytes + body;
}

std::string delta_hash(std::string_view bytes) {
    Hasher hasher;
    hasher.update(bytes);
    return hasher.hex();
}

Result<Replaced> read_delta(std::string_view bytes, const std::string& hash) {
    Reader reader(bytes);
    if (reader.take(kMagic.size()) != kMagic) return damaged("is no delta file of a plan");
    if (const auto version = reader.number<std::uint32_t>(); version != kVersion)
        return Error(Code::config, "has version " + std::to_string(version) + ", expected " + std::to_string(kVersion));
    if (delta_hash(bytes) != hash)
        return damaged("differs from what its plan was saved with (another hash), expected the file that was saved with it");
    const auto count = reader.number<std::uint32_t>();
    if (reader.number<std::uint64_t>() != reader.left()) return damaged("is cut short or too long");
    Replaced replaced;
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
        const std::string name(reader.take(reader.number<std::uint32_t>()));
        replaced[name] = reader.floats();
    }
    if (reader.failed() || reader.left() != 0 || replaced.size() != count) return damaged("is damaged: its sizes do not add up");
    return replaced;
}

}  // namespace octavo
