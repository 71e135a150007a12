// See flat_table.h. A table starts with the distance back to its vtable; a vtable holds its own size, the table's, and for each field the
// distance from the table's start, 0 for an absent one. A vector is its length and its entries.
#include "core/formats/tflite/flat_table.h"

namespace octavo::tflite {

bool FlatFile::take(std::size_t size) {
    if (size > left_) {
        fail("its parts overlap: they claim to be more than " + std::to_string(kMostReads) + " times the file");
        return false;
    }
    left_ -= size;
    return true;
}

std::span<const std::byte> FlatFile::slice(std::uint64_t at, std::uint64_t size) {
    if (!holds(at, size)) {
        fail(std::to_string(size) + " bytes at byte " + std::to_string(at) + " of " + std::to_string(bytes_.size()));
        return {};
    }
    return take(size) ? bytes_.subspan(at, size) : std::span<const std::byte>();
}

Table Table::root(FlatFile& file) {
    if (!file.holds(0, sizeof(std::uint32_t))) {
        file.fail("it has " + std::to_string(file.bytes_.size()) + " bytes");
        return {};
    }
    return at(file, file.value<std::uint32_t>(0));
}

Table Table::at(FlatFile& file, std::size_t place) {
    const auto failed = [&](const char* what) {
        file.fail(what + std::string(" at byte ") + std::to_string(place) + " of " + std::to_string(file.bytes_.size()));
        return Table();
    };
    if (!file.holds(place, sizeof(std::int32_t))) return failed("a table");
    const std::int64_t vtable = static_cast<std::int64_t>(place) - file.value<std::int32_t>(place);
    constexpr std::size_t kHead = 2 * sizeof(std::uint16_t);
    if (vtable < 0 || !file.holds(static_cast<std::size_t>(vtable), kHead)) return failed("no vtable is where it should be, for a table");
    Table table;
    table.at_ = place;
    table.vtable_ = static_cast<std::size_t>(vtable);
    table.vtable_size_ = file.value<std::uint16_t>(table.vtable_);
    table.size_ = file.value<std::uint16_t>(table.vtable_ + sizeof(std::uint16_t));
    if (table.vtable_size_ < kHead || !file.holds(table.vtable_, table.vtable_size_))
        return failed("a vtable of a wrong size, for a table");
    if (table.size_ < sizeof(std::int32_t) || !file.holds(place, table.size_)) return failed("a table of a wrong size");
    if (!file.take(FlatFile::kTableBytes + table.size_)) return {};
    table.file_ = &file;
    return table;
}

std::size_t Table::place(std::size_t field, std::size_t size) const {
    const std::size_t entry = (2 + field) * sizeof(std::uint16_t);
    if (!file_ || entry + sizeof(std::uint16_t) > vtable_size_) return 0;
    const std::size_t offset = file_->value<std::uint16_t>(vtable_ + entry);
    if (offset == 0) return 0;
    if (offset < sizeof(std::int32_t) || offset > size_ || size > size_ - offset) {
        file_->fail("field " + std::to_string(field) + " lies outside of its table at byte " + std::to_string(at_));
        return 0;
    }
    return at_ + offset;
}

std::size_t Table::target(std::size_t field) const {
    const std::size_t from = place(field, sizeof(std::uint32_t));
    if (from == 0) return 0;
    const std::size_t to = from + file_->value<std::uint32_t>(from);
    if (to > from && file_->holds(to, sizeof(std::uint32_t))) return to;
    file_->fail("field " + std::to_string(field) + " of the table at byte " + std::to_string(at_) + " points to byte " +
                std::to_string(to) + " of " + std::to_string(file_->bytes_.size()));
    return 0;
}

std::span<const std::byte> Table::vector(std::size_t field, std::size_t width) const {
    const std::size_t at = target(field);
    if (at == 0) return {};
    return file_->slice(at + sizeof(std::uint32_t), std::uint64_t{file_->value<std::uint32_t>(at)} * width);
}

std::string_view Table::text(std::size_t field) const {
    const std::span<const std::byte> raw = vector(field, 1);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

Table Table::table(std::size_t field) const {
    const std::size_t to = target(field);
    return to == 0 ? Table() : at(*file_, to);
}

std::vector<Table> Table::tables(std::size_t field) const {
    const std::span<const std::byte> offsets = vector(field, sizeof(std::uint32_t));
    std::vector<Table> found;
    if (offsets.empty()) return found;
    const auto first = static_cast<std::size_t>(offsets.data() - file_->bytes_.data());
    for (std::size_t at = first; at < first + offsets.size() && !file_->fault_; at += sizeof(std::uint32_t))
        found.push_back(Table::at(*file_, at + file_->value<std::uint32_t>(at)));
    return found;
}

}  // namespace octavo::tflite
