// POSIX files behind files.h. Only regular files are mapped: a folder or a pipe is an error, not a hang.
#include "core/base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace octavo {
namespace {

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }
    int release() { return std::exchange(value_, -1); }

private:
    int value_;
};

Error failure(const std::string& path, Code code, const char* what) {
    return {code, path + ": " + what + ": " + std::strerror(errno)};
}

Result<void> write_all(int descriptor, std::span<const std::byte> bytes, const std::string& path, Code code) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failure(path, code, "cannot write");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

// Makes a file that was not there, next to `path`. O_EXCL instead of mkstemp, whose files are private whatever the umask says.
int create_beside(const std::string& path, std::string& temporary) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
        temporary = path + ".new" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
        const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

}  // namespace

Result<void> check_is_file(const std::string& path, const std::string& expected) {
    std::error_code failed;
    const std::filesystem::file_type type = std::filesystem::status(path, failed).type();
    const bool is_absent = type == std::filesystem::file_type::not_found;
    if (!is_absent && type != std::filesystem::file_type::directory) return {};
    return Error(Code::config, path + ": found " + (is_absent ? "nothing" : "a folder") + ", expected " + expected);
}

Result<MappedFile> map_file(const std::string& path, Code code) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return failure(path, code, "cannot open");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return failure(path, code, "cannot read");
    if (!S_ISREG(status.st_mode)) return Error(code, path + ": is no regular file");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) {
        auto nothing = std::make_shared<const std::byte>();
        const std::byte* data = nothing.get();
        return MappedFile{std::move(nothing), data, 0};
    }
    void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (start == MAP_FAILED) return failure(path, code, "cannot map");
    std::shared_ptr<const void> owner(start, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); });
    return MappedFile{std::move(owner), static_cast<const std::byte*>(start), size};
}

Result<std::string> read_text(const std::string& path, Code code) {
    OCTAVO_TRY(const MappedFile file, map_file(path, code));
    return std::string(file.text());
}

namespace {

// Why nothing can be made: for want of room or health of the disk (`otherwise`), or for the name.
Code code_of(int reason, Code otherwise) {
    constexpr int kDisk[] = {ENOSPC, EDQUOT, EIO, ENFILE, EMFILE};
    return std::find(std::begin(kDisk), std::end(kDisk), reason) == std::end(kDisk) ? Code::config : otherwise;
}

// Gives the name beside `path` that it has written to; nothing stays where that fails.
Result<std::string> write_beside(const std::string& path, std::span<const std::byte> bytes, Code code) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code failed;
    if (!folder.empty()) std::filesystem::create_directories(folder, failed);
    if (failed) return Error(code_of(failed.value(), code), folder.string() + ": cannot make this folder: " + failed.message());

    std::string temporary;
    Descriptor file(create_beside(path, temporary));
    if (file.get() < 0) return failure(path, code_of(errno, code), "cannot write");
    Result<void> result = write_all(file.get(), bytes, path, code);
    if (::close(file.release()) != 0 && result) result = failure(path, code, "cannot write");
    if (result) return temporary;
    ::unlink(temporary.c_str());
    return result.error();
}

}  // namespace

Result<void> write_atomically(const std::string& path, std::span<const std::byte> bytes, Code code) {
    OCTAVO_TRY(const std::string temporary, write_beside(path, bytes, code));
    if (::rename(temporary.c_str(), path.c_str()) == 0) return {};
    const Error error = failure(path, code_of(errno, code), "cannot write");
    ::unlink(temporary.c_str());
    return error;
}

Result<void> write_atomically(const std::string& path, std::string_view text, Code code) {
    return write_atomically(path, std::as_bytes(std::span(text)), code);
}

Result<void> write_together(std::span<const FileContent> files, Code code) {
    std::vector<std::string> temporaries;
    Result<void> result;
    for (const FileContent& file : files) {
        Result<std::string> temporary = write_beside(file.path, std::as_bytes(std::span(file.bytes)), code);
        if (!temporary) {
            result = temporary.error();
            break;
        }
        temporaries.push_back(std::move(*temporary));
    }
    for (std::size_t i = 0; result && i < files.size(); ++i) {
        if (::rename(temporaries[i].c_str(), files[i].path.c_str()) == 0) continue;
        result = failure(files[i].path, code_of(errno, code), "cannot write");
        for (std::size_t k = 0; k < i; ++k) ::unlink(files[k].path.c_str());  // half a model is none
    }
    if (!result)
        for (const std::string& temporary : temporaries) ::unlink(temporary.c_str());
    return result;
}

}  // namespace octavo
