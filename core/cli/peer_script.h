// Verbs that compare with other runtimes are Python scripts (core/cli/peers), since those have Python packages and Octavo links none of
// them.
#pragma once

#include "core/cli/options.h"

namespace octavo::cli {

// --python of such a verb.
void add_python(Syntax& syntax);

// Options that were given, as the script takes them: --NAME VALUE, flags alone.
void pass_on(const Parsed& parsed, std::span<const char* const> options, std::vector<std::string>& arguments);

// This process becomes the script, whose first argument is this program; comes back only where that fails. The script lies in
// ../share/octavo/peers beside the program. Python is --python, else the venv of the source tree that the program was built in, else
// python3.
Result<void> become_script(const Parsed& parsed, const std::string& script, std::vector<std::string> arguments);

}  // namespace octavo::cli
