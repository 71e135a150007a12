// LoadedPlugin: one plugin out of the library that the build made, loaded as a host would, for tests that hand it values of their own.
// Parameters that a test does not set take the fallback that the plugin declares.
#pragma once

#include <octavo/parameters.h>
#include <octavo/result.h>

#include <dlfcn.h>

#include <boost/test/unit_test.hpp>
#include <charconv>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace octavo::testing {

// Values of parameters by name, as JSON text: {"percent", "99.9"}, {"top", "[1, 3]"}, {"list", "\"a.txt\""}.
using Settings = std::vector<std::pair<std::string, std::string>>;

// Octavo values out of JSON text: just the numbers, booleans, strings without escapes, and lists that parameters are made of.
class ValueTable {
public:
    void add(const octavo_parameter& parameter, const std::string& json) {
        Storage& storage = storage_.emplace_back();
        const bool is_text = json.find('"') != std::string::npos;
        if (is_text) read_strings(json, storage);
        if (!is_text && json != "null") read_numbers(json, storage);
        const auto count = static_cast<std::int64_t>(is_text ? storage.strings.size() : storage.reals.size());
        values_.push_back({parameter.type, count, storage.ints.data(), storage.reals.data(), storage.strings.data()});
    }
    const octavo_value* data() const { return values_.data(); }

private:
    struct Storage {
        std::deque<std::string> texts;
        std::vector<const char*> strings;
        std::vector<std::int64_t> ints;
        std::vector<double> reals;
    };

    static void read_strings(const std::string& json, Storage& storage) {
        for (std::size_t begin = json.find('"'); begin != std::string::npos;) {
            const std::size_t end = json.find('"', begin + 1);
            storage.strings.push_back(storage.texts.emplace_back(json.substr(begin + 1, end - begin - 1)).c_str());
            begin = json.find('"', end + 1);
        }
    }

    static void read_numbers(const std::string& json, Storage& storage) {
        if (json == "true" || json == "false") {
            storage.reals.push_back(json == "true" ? 1 : 0);
        }
        for (const char* at = json.c_str(); *at != '\0'; ++at) {
            double number = 0;
            const auto [end, error] = std::from_chars(at, json.c_str() + json.size(), number);
            if (error != std::errc()) continue;
            storage.reals.push_back(number);
            at = end - 1;
        }
        for (const double number : storage.reals) storage.ints.push_back(static_cast<std::int64_t>(number));
    }

    std::deque<Storage> storage_;  // addresses stay
    std::vector<octavo_value> values_;
};

// `Functions` is the table of the plugin's kind. An object that could not be created holds the error instead.
template <class Functions>
class LoadedPlugin {
public:
    // `kinds` is the folder: "algorithms".
    LoadedPlugin(const std::string& kinds, const std::string& name, const Settings& settings = {}) {
        const std::string path = std::string(OCTAVO_BINARY_DIR) + "/lib/octavo/" + kinds + "/" + name + ".so";
        void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed: libraries are never unloaded
        BOOST_REQUIRE_MESSAGE(library, "cannot load " << path << ", build it first");
        const auto entry = reinterpret_cast<octavo_plugin_entry_function>(dlsym(library, OCTAVO_PLUGIN_ENTRY));
        BOOST_REQUIRE(entry);
        std::int32_t count = 0;
        plugin_ = entry(&count);
        BOOST_REQUIRE_EQUAL(count, 1);
        BOOST_REQUIRE_EQUAL(plugin_->name, name);
        functions_ = static_cast<const Functions*>(plugin_->functions);
        create(settings);
    }
    ~LoadedPlugin() {
        if (self_) functions_->destroy(self_);
    }
    LoadedPlugin(const LoadedPlugin&) = delete;
    LoadedPlugin& operator=(const LoadedPlugin&) = delete;

    const octavo_plugin& descriptor() const { return *plugin_; }
    const Functions& functions() const { return *functions_; }
    void* self() const {
        BOOST_REQUIRE_MESSAGE(self_, "creating the plugin failed: " << error.text);
        return self_;
    }
    bool was_created() const { return self_ != nullptr; }

    octavo_error error{sizeof(octavo_error), 0, {}};  // of creation, and for calls of the test

private:
    void create(const Settings& settings) {
        ValueTable values;
        std::size_t used = 0;
        for (std::int32_t i = 0; i < plugin_->parameter_count; ++i) {
            const octavo_parameter& parameter = plugin_->parameters[i];
            std::string json = parameter.fallback ? parameter.fallback : "null";
            for (const auto& [name, value] : settings) {
                if (name != parameter.name) continue;
                json = value;
                ++used;
            }
            values.add(parameter, json);
        }
        BOOST_REQUIRE_MESSAGE(used == settings.size(), "a setting names no parameter of " << plugin_->name);
        if (functions_->create(values.data(), &self_, &error) != 0) self_ = nullptr;
    }

    const octavo_plugin* plugin_ = nullptr;
    const Functions* functions_ = nullptr;
    void* self_ = nullptr;
};

}  // namespace octavo::testing
