// Runs the program that was built, as a user would.
#pragma once

#include "tests/support/folder.h"
#include "tests/support/golden.h"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace octavo::testing {

namespace fs = std::filesystem;

struct Outcome {
    int code = -1;  // -1: ended by a signal
    std::string out, err;
};

// What the program prints is kept in the folder meanwhile.
inline Outcome run(const Folder& folder, const std::string& arguments) {
    const std::string out = folder / "stdout", err = folder / "stderr";
    const std::string command = std::string(OCTAVO_BINARY_DIR) + "/bin/octavo " + arguments + " >" + out + " 2>" + err;
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, file_text(out), file_text(err)};
}

}  // namespace octavo::testing
