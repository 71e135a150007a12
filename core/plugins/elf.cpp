// Reads the ELF header and the program headers: what lies behind them is the loader's affair.
#include "core/plugins/elf.h"

#include "core/base/files.h"

#include <elf.h>

#include <cstdint>
#include <cstring>

namespace octavo {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "name this processor's ELF machine here"
#endif

bool is_inside(const MappedFile& file, std::uint64_t offset, std::uint64_t size) {
    return offset <= file.size_bytes && size <= file.size_bytes - offset;
}

// Both header tables and every segment must lie in the file. The section headers stand at its very end.
bool is_whole(const MappedFile& file, const Elf64_Ehdr& header) {
    if (!is_inside(file, header.e_phoff, std::uint64_t{header.e_phnum} * header.e_phentsize)) return false;
    if (!is_inside(file, header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize)) return false;
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        std::memcpy(&segment, file.data + header.e_phoff + i * sizeof segment, sizeof segment);
        if (segment.p_type != PT_LOAD) continue;
        if (!is_inside(file, segment.p_offset, segment.p_filesz)) return false;
    }
    return true;
}

}  // namespace

std::string library_fault(const std::string& path) {
    const Result<MappedFile> file = map_file(path, Code::data);
    if (!file) return "cannot be read: " + file.error().message();
    Elf64_Ehdr header{};
    if (file->size_bytes < sizeof header || std::memcmp(file->data, ELFMAG, SELFMAG) != 0)
        return "is no shared library: its first bytes are not those of an ELF file";
    std::memcpy(&header, file->data, sizeof header);
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != kMachine)
        return "was built for another processor (ELF machine " + std::to_string(header.e_machine) + ")";
    if (header.e_type != ET_DYN || header.e_phentsize != sizeof(Elf64_Phdr)) return "is an ELF file but no shared library";
    if (!is_whole(*file, header))
        return "is cut short: it has " + std::to_string(file->size_bytes) + " bytes and speaks of more; build or copy it again";
    return "";
}

}  // namespace octavo
