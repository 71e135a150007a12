// FileNames: names of files for things that have names of their own (tensors, images): '_' for what no file name takes, what is too long
// cut and told apart by a hash, and no two things in one file.
#pragma once

#include <map>
#include <set>
#include <string>

namespace octavo {

class FileNames {
public:
    // Of the thing of this name, the same whenever it is asked for; without an extension.
    const std::string& of(const std::string& name);

    // All that have been asked for: [name of the thing].
    const std::map<std::string, std::string>& given() const { return given_; }

private:
    std::map<std::string, std::string> given_;
    std::set<std::string> taken_;
};

}  // namespace octavo
