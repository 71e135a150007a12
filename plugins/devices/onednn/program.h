// A compiled program: a flat list of steps over one arena. Everything is decided when it is made; a run looks nothing up and allocates
// nothing, but for operators that the table computes. Values live in buffers whose addresses are fixed once their lifetimes are known
// (arena.cpp).
#pragma once

#include "kernels/team.h"

#include <octavo/device.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace octavo::onednn {

enum class BufferId : std::int32_t { none = -1 };

struct Buffer {
    std::size_t size_bytes = 0;
    BufferId alias = BufferId::none;  // shares the memory of an earlier buffer (a reshape that moves nothing)
};

// The address of every buffer, by id.
class Addresses {
public:
    explicit Addresses(std::vector<std::byte*> at) : at_(std::move(at)) {}
    template <class T>
    T* get(BufferId id) const {
        return id == BufferId::none ? nullptr : reinterpret_cast<T*>(at_[static_cast<std::size_t>(id)]);
    }

private:
    std::vector<std::byte*> at_;
};

// What the host hands in and out of one run.
struct RunContext {
    const octavo_tensor* inputs;
    octavo_tensor* outputs;
    const Tap* tap;
    Team& team;
};

class Step {
public:
    virtual ~Step() = default;
    // Called once, when addresses are known; `scratch` has at least scratch_bytes bytes, aligned to 64, shared by all steps.
    virtual void bind(const Addresses& addresses, std::byte* scratch) = 0;
    // Throws an Error where values are refused, such as an index outside of its tensor.
    virtual void run(const RunContext& context) = 0;
    virtual std::size_t constant_bytes() const { return 0; }
    // Whether it has no use for the team: oneDNN and the host, who sees a tap, have threads of their own, the operator table works with
    // one.
    virtual bool is_alone() const { return false; }

    std::string name, op, implementation;
    octavo_precision precision = OCTAVO_FP32;
    std::vector<BufferId> reads, writes;
    std::size_t scratch_bytes = 0;
};

struct Arena {
    std::size_t size_bytes = 0;
    std::vector<std::size_t> offset;  // [buffer]
};
// First fit by lifetime; a buffer lives from the step that writes it first to the one that uses it last.
Arena plan_arena(const std::vector<Buffer>& buffers, const std::vector<std::unique_ptr<Step>>& steps);

}  // namespace octavo::onednn
