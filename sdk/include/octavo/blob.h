// Blobs in C++: data whose type a data set, an adapter and a metric agree on by name.
#pragma once

#include <octavo/abi/blob.h>
#include <octavo/result.h>

#include <cstdint>
#include <span>
#include <string>

namespace octavo {

// A view: the values must live as long as whoever gives the blob away promises.
template <class T>
octavo_blob blob_of(const char* type, std::span<const T> values) {
    return {type, values.data(), values.size_bytes()};
}

// The values in a blob, which must be of this type. `what` begins the message, as in "the prediction". Errors: Code::config for another
// type, since another plugin is the remedy; Code::data for a size that is no multiple of T's, or data that T cannot stand at.
template <class T>
Result<std::span<const T>> values_of(const octavo_blob& blob, const char* type, const std::string& what) {
    const std::string found = blob.type ? blob.type : "";
    if (found != type) return Error(Code::config, what + ": found the type '" + found + "', expected '" + type + "'");
    if (blob.size_bytes % sizeof(T) != 0 || reinterpret_cast<std::uintptr_t>(blob.data) % alignof(T) != 0)
        return Error(Code::data, what + ": found " + std::to_string(blob.size_bytes) + " bytes, expected aligned values of " +
                                     std::to_string(sizeof(T)) + " bytes each");
    return std::span<const T>(static_cast<const T*>(blob.data), blob.size_bytes / sizeof(T));
}

}  // namespace octavo
