// The host is found by /proc/self/exe, as for plugins.
#include "core/cli/peer_script.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace octavo::cli {

namespace fs = std::filesystem;

void add_python(Syntax& syntax) {
    syntax.text("python", "Python 3 with numpy and the packages of the other runtimes");
}

void pass_on(const Parsed& parsed, std::span<const char* const> options, std::vector<std::string>& arguments) {
    for (const char* name : options) {
        if (!parsed.has(name) || parsed.values[name].defaulted()) continue;
        arguments.push_back("--" + std::string(name));
        const boost::any& value = parsed.values[name].value();
        if (const auto* text = boost::any_cast<std::string>(&value)) arguments.push_back(*text);
        if (const auto* number = boost::any_cast<std::int64_t>(&value)) arguments.push_back(std::to_string(*number));
        if (const auto* real = boost::any_cast<double>(&value)) arguments.push_back(std::to_string(*real));
    }
}

Result<void> become_script(const Parsed& parsed, const std::string& script, std::vector<std::string> arguments) {
    std::error_code failed;
    const fs::path host = fs::read_symlink("/proc/self/exe", failed);
    const fs::path tree = host.parent_path().parent_path();
    const fs::path file = tree / "share/octavo/peers" / script;
    if (!fs::exists(file, failed))
        return Error(Code::config, file.string() + ": found nothing, expected a script that is installed with octavo; install it anew");
    const fs::path venv = tree.parent_path() / "venv/bin/python";
    const std::string python = parsed.text("python").value_or(fs::exists(venv, failed) ? venv.string() : "python3");
    arguments.insert(arguments.begin(), {python, "-B", file.string(), host.string()});
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    ::execvp(python.c_str(), pointers.data());
    return Error(Code::config, python + ": cannot be run: " + std::strerror(errno) + "; name a Python 3 with --python");
}

}  // namespace octavo::cli
