// A 128-bit hash of bytes, for fingerprints and for noticing damage. The same bytes give the same text on every machine and however they
// are cut into pieces. It is no defence against someone who wants a collision.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace octavo {

class Hasher {
public:
    void update(std::span<const std::byte> bytes);
    void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
    // Numbers as eight bytes, least first.
    void update(std::int64_t number);
    // A text with its length in front, so that "ab", "c" and "a", "bc" differ.
    void update_field(std::string_view text);

    // 32 hexadecimal digits of all bytes so far.
    std::string hex() const;

private:
    void absorb(std::uint64_t word);

    std::array<std::uint64_t, 2> state_ = {0x6a09e667f3bcc908U, 0xbb67ae8584caa73bU};
    std::array<std::byte, 8> rest_{};
    std::size_t rest_size_ = 0;
    std::uint64_t length_ = 0;
};

}  // namespace octavo
