// Reading a flatbuffer that nobody has verified: a file of tables that point to each other by offsets. Every offset, vtable and length is
// checked when it is followed. What does not fit is read as absent, and the file remembers the first such fault: whoever reads asks for it
// before using anything. Vectors may overlap in a file, so that a small one can claim to be large: all that is read of a file together may
// be no more than kMostReads times its size. Nothing here recurses; how deep tables are nested is up to the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace octavo::tflite {

class FlatFile {
public:
    explicit FlatFile(std::span<const std::byte> bytes) : bytes_(bytes), left_(bytes.size() * kMostReads) {}
    FlatFile(const FlatFile&) = delete;
    FlatFile& operator=(const FlatFile&) = delete;

    std::span<const std::byte> bytes() const { return bytes_; }
    const std::optional<std::string>& fault() const { return fault_; }
    std::span<const std::byte> slice(std::uint64_t at, std::uint64_t size);

private:
    friend class Table;
    static constexpr std::size_t kMostReads = 16;
    static constexpr std::size_t kTableBytes = 64;  // counted for each, since whoever reads makes something larger of it

    void fail(std::string why) {
        if (!fault_) fault_ = std::move(why);
    }
    bool holds(std::uint64_t at, std::uint64_t size) const { return at <= bytes_.size() && size <= bytes_.size() - at; }
    template <class T>
    T value(std::size_t at) const {  // which the file holds
        T read;
        std::memcpy(&read, bytes_.data() + at, sizeof(T));
        return read;
    }
    bool take(std::size_t size);

    std::span<const std::byte> bytes_;
    std::size_t left_;
    std::optional<std::string> fault_;
};

// One table; a default one has no fields. Fields are counted from 0. Valid as long as the file is.
class Table {
public:
    Table() = default;
    // The table that the file starts with.
    static Table root(FlatFile& file);

    explicit operator bool() const { return file_ != nullptr; }
    template <class T>
    T number(std::size_t field, T fallback) const {
        const std::size_t at = place(field, sizeof(T));
        return at == 0 ? fallback : file_->value<T>(at);
    }
    Table table(std::size_t field) const;
    std::vector<Table> tables(std::size_t field) const;
    std::string_view text(std::size_t field) const;
    std::span<const std::byte> bytes(std::size_t field) const { return vector(field, 1); }
    template <class T>
    std::vector<T> numbers(std::size_t field) const {
        const std::span<const std::byte> raw = vector(field, sizeof(T));
        std::vector<T> values(raw.size() / sizeof(T));
        if (!raw.empty()) std::memcpy(values.data(), raw.data(), raw.size());
        return values;
    }

private:
    static Table at(FlatFile& file, std::size_t place);
    std::size_t place(std::size_t field, std::size_t size) const;  // in the file; 0: absent
    std::size_t target(std::size_t field) const;                   // of the field's offset; 0: absent
    std::span<const std::byte> vector(std::size_t field, std::size_t width) const;

    FlatFile* file_ = nullptr;
    std::size_t at_ = 0, size_ = 0;
    std::size_t vtable_ = 0, vtable_size_ = 0;
};

}  // namespace octavo::tflite
