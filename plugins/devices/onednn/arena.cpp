#include "program.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

constexpr std::size_t kAlignment = 64;

struct Lifetime {
    std::size_t first = SIZE_MAX, last = 0;
};

std::size_t root_of(const std::vector<Buffer>& buffers, std::size_t id) {
    while (buffers[id].alias != BufferId::none) id = static_cast<std::size_t>(buffers[id].alias);
    return id;
}

std::vector<Lifetime> lifetimes(const std::vector<Buffer>& buffers, const std::vector<std::unique_ptr<Step>>& steps) {
    std::vector<Lifetime> lives(buffers.size());
    for (std::size_t s = 0; s < steps.size(); ++s)
        for (const auto* ids : {&steps[s]->reads, &steps[s]->writes})
            for (const BufferId id : *ids) {
                if (id == BufferId::none) continue;
                Lifetime& life = lives[root_of(buffers, static_cast<std::size_t>(id))];
                life.first = std::min(life.first, s);
                life.last = std::max(life.last, s);
            }
    return lives;
}

}  // namespace

Arena plan_arena(const std::vector<Buffer>& buffers, const std::vector<std::unique_ptr<Step>>& steps) {
    const std::vector<Lifetime> lives = lifetimes(buffers, steps);
    std::vector<std::size_t> order;
    for (std::size_t b = 0; b < buffers.size(); ++b)
        if (buffers[b].alias == BufferId::none && lives[b].first != SIZE_MAX) order.push_back(b);
    // Large buffers first: the small ones fill the gaps.
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return buffers[a].size_bytes > buffers[b].size_bytes; });
    Arena arena;
    arena.offset.assign(buffers.size(), 0);
    std::vector<std::size_t> placed;
    for (const std::size_t b : order) {
        std::size_t at = 0;
        for (const std::size_t other : placed) {  // `placed` is sorted by offset
            if (lives[other].last < lives[b].first || lives[b].last < lives[other].first) continue;
            if (at + buffers[b].size_bytes <= arena.offset[other]) break;
            at = std::max(at, (arena.offset[other] + buffers[other].size_bytes + kAlignment - 1) / kAlignment * kAlignment);
        }
        arena.offset[b] = at;
        arena.size_bytes = std::max(arena.size_bytes, at + buffers[b].size_bytes);
        placed.insert(std::upper_bound(placed.begin(), placed.end(), b,
                                       [&](std::size_t x, std::size_t y) { return arena.offset[x] < arena.offset[y]; }),
                      b);
    }
    for (std::size_t b = 0; b < buffers.size(); ++b) arena.offset[b] = arena.offset[root_of(buffers, b)];
    return arena;
}

}  // namespace octavo::onednn
