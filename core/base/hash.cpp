// Two lanes of multiply, rotate and xor (constants of MurmurHash3's 128-bit mixer), fed with little-endian words of eight bytes; the length
// and a final avalanche close the state.
#include "core/base/hash.h"

#include <bit>
#include <cstring>

namespace octavo {
namespace {

constexpr std::uint64_t kFirst = 0x87c37b91114253d5U;
constexpr std::uint64_t kSecond = 0x4cf5ad432745937fU;

std::uint64_t load_word(const std::byte* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

std::uint64_t avalanche(std::uint64_t word) {
    word = (word ^ (word >> 33)) * 0xff51afd7ed558ccdU;
    word = (word ^ (word >> 33)) * 0xc4ceb9fe1a85ec53U;
    return word ^ (word >> 33);
}

void append_hex(std::string& text, std::uint64_t word) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(word >> shift) & 15U];
}

}  // namespace

void Hasher::absorb(std::uint64_t word) {
    state_[0] ^= std::rotl(word * kFirst, 31) * kSecond;
    state_[0] = (std::rotl(state_[0], 27) + state_[1]) * 5 + 0x52dce729U;
    state_[1] ^= std::rotl(word * kSecond, 33) * kFirst;
    state_[1] = (std::rotl(state_[1], 31) + state_[0]) * 5 + 0x38495ab5U;
}

void Hasher::update(std::span<const std::byte> bytes) {
    length_ += bytes.size();
    while (!bytes.empty() && rest_size_ > 0) {
        rest_[rest_size_++] = bytes.front();
        bytes = bytes.subspan(1);
        if (rest_size_ < rest_.size()) continue;
        absorb(load_word(rest_.data()));
        rest_size_ = 0;
    }
    for (; bytes.size() >= rest_.size(); bytes = bytes.subspan(rest_.size())) absorb(load_word(bytes.data()));
    for (const std::byte byte : bytes) rest_[rest_size_++] = byte;
}

void Hasher::update(std::int64_t number) {
    std::array<std::byte, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(number) >> (8 * i));
    update(std::span<const std::byte>(bytes));
}

void Hasher::update_field(std::string_view text) {
    update(static_cast<std::int64_t>(text.size()));
    update(text);
}

std::string Hasher::hex() const {
    Hasher last = *this;
    std::array<std::byte, 8> padded{};
    for (std::size_t i = 0; i < rest_size_; ++i) padded[i] = rest_[i];
    last.absorb(load_word(padded.data()));
    last.absorb(length_);
    const std::uint64_t first = avalanche(last.state_[0] + last.state_[1]);
    const std::uint64_t second = avalanche(last.state_[1] + first);
    std::string text;
    append_hex(text, first);
    append_hex(text, second);
    return text;
}

}  // namespace octavo
