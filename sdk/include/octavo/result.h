// Result<T>: a value or an Error, for failures that are expected (bad files, bad configs, refusing plugins). Our own mistakes are checks
// that abort instead. An Error's code is also the exit code of the host.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace octavo {

enum class Code : int {
    internal = 1,  // a mistake of ours
    config = 2,    // config or command line is wrong, or names a file that is not there, or an output that cannot be made
    model = 3,     // model unsupported or damaged
    data = 4,      // images, lists or annotations missing or damaged; a disk is full
    target = 5,    // accuracy target not met (outputs are still written)
    interrupted = 130
};

// Message style: lower case, no full stop; first the place (file, JSON path, operator), then found, expected, remedy.
class Error {
public:
    Error() = default;
    Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

    Code code() const { return code_; }
    const std::string& message() const { return message_; }
    // The same error seen from further out: "place: message".
    Error within(const std::string& place) const { return {code_, place + ": " + message_}; }

private:
    Code code_ = Code::internal;
    std::string message_ = "no error was given";
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return state_.index() == 0; }
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : failed_(true), error_(std::move(error)) {}

    explicit operator bool() const { return !failed_; }
    const Error& error() const { return error_; }

private:
    bool failed_ = false;
    Error error_;
};

}  // namespace octavo

// `OCTAVO_TRY(auto x, f())` passes an error on to the caller, else binds the value. `OCTAVO_CHECK_OK(f())` does so for Result<void>.
#define OCTAVO_JOIN2(a, b) a##b
#define OCTAVO_JOIN(a, b) OCTAVO_JOIN2(a, b)
#define OCTAVO_TRY_AS(result, declaration, expression) \
    auto result = (expression);                        \
    if (!result) return result.error();                \
    declaration = std::move(result).value()
#define OCTAVO_TRY(declaration, expression) OCTAVO_TRY_AS(OCTAVO_JOIN(octavo_result_, __LINE__), declaration, expression)
#define OCTAVO_CHECK_OK(expression)                                                             \
    do {                                                                                        \
        if (auto octavo_status_ = (expression); !octavo_status_) return octavo_status_.error(); \
    } while (false)
