// The C++ layer over the plugin ABI. An author derives from the base class of a kind (Dataset, Adapter, Metric, Algorithm, Device in their
// own headers), gives the class a `static Result<std::unique_ptr<T>> create(const Values&)`, and names it once:
//
//     constexpr octavo_parameter kParameters[] = {octavo::integers("top", "[1, 5]", 1, 1000, "...")};
//     OCTAVO_PLUGINS(octavo::describe<Accuracy>("accuracy", "1.0.0", "share of right classes", kParameters))
//
// The layer fills the C tables, turns Results and exceptions into status and message, and never lets an exception cross.
#pragma once

#include <octavo/abi.h>
#include <octavo/parameters.h>
#include <octavo/result.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <string_view>

namespace octavo {

inline octavo_status fail(octavo_error* error, Code code, std::string_view text) {
    if (error) {
        const std::size_t length = std::min(text.size(), sizeof(error->text) - 1);
        std::copy_n(text.data(), length, error->text);
        error->text[length] = '\0';
        error->code = static_cast<std::int32_t>(code);
    }
    return static_cast<octavo_status>(code);
}

// Runs `body`, which returns a Result<void>, and reports what it returns or throws.
template <class Body>
octavo_status guarded(octavo_error* error, Body&& body) noexcept {
    try {
        const Result<void> result = body();
        return result ? 0 : fail(error, result.error().code(), result.error().message());
    } catch (const std::exception& exception) {
        return fail(error, Code::internal, std::string("the plugin threw: ") + exception.what());
    } catch (...) {
        return fail(error, Code::internal, "the plugin threw something that is no std::exception");
    }
}

// What a function that has no status gives: what `body` returns, or `otherwise` where it throws.
template <class T, class Body>
T guarded_or(T otherwise, Body&& body) noexcept {
    try {
        return body();
    } catch (...) {
        return otherwise;
    }
}

// Parameters of the plugin class T; set by describe<T>, which runs before anything is created.
template <class T>
inline std::span<const octavo_parameter> declared_parameters{};

template <class T>
octavo_status create_plugin(const octavo_value* values, void** self, octavo_error* error) {
    return guarded(error, [&]() -> Result<void> {
        OCTAVO_TRY(std::unique_ptr<T> object, T::create(Values(declared_parameters<T>, values)));
        *self = static_cast<typename T::Kind*>(object.release());
        return {};
    });
}

template <class T>
void destroy_plugin(void* self) {
    delete static_cast<typename T::Kind*>(self);
}

template <class T>
octavo_plugin describe(const char* name, const char* version, const char* summary, std::span<const octavo_parameter> parameters) {
    declared_parameters<T> = parameters;
    return {sizeof(octavo_plugin),
            OCTAVO_ABI_VERSION,
            T::Kind::kKind,
            name,
            version,
            summary,
            parameters.data(),
            static_cast<std::int32_t>(parameters.size()),
            T::Kind::template functions<T>()};
}

}  // namespace octavo

#define OCTAVO_PLUGINS(...)                                                                                           \
    extern "C" __attribute__((visibility("default"))) const octavo_plugin* octavo_plugin_entry(std::int32_t* count) { \
        static const octavo_plugin plugins[] = {__VA_ARGS__};                                                         \
        *count = static_cast<std::int32_t>(sizeof(plugins) / sizeof(plugins[0]));                                     \
        return plugins;                                                                                               \
    }
