// The threads of one program. What they share are loops: body(i, thread) for i in 0 .. count - 1, in any order, `thread` from 0 on.
//
// Each thread begins with a stretch of its own, the same in every loop of as many, and goes on with what is left of others': where loops over
// one picture follow each other, it finds in its caches what it has written.
//
// Inside of `together` the others wait for the next loop with their eyes open, which costs 0.5 microseconds a loop instead of 2 by oneTBB's
// tasks. The thread that shares a loop waits for nobody who has not begun: where cores are busy with something else, it does all by itself.
// Others' loops on oneTBB (oneDNN's) belong outside.
#pragma once

#include <tbb/task_arena.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace octavo::onednn {

class Team {
public:
    explicit Team(int threads)
        : arena_(threads), threads_(threads), stretches_(std::make_unique<Stretch[]>(static_cast<std::size_t>(threads))) {}

    // Runs work() where oneTBB's loops find these threads too.
    template <class Work>
    void enter(const Work& work) {
        arena_.execute(work);
    }

    template <class Work>
    void together(const Work& work) {
        if (threads_ == 1) return work();
        gather({&work, [](const void* called, std::int64_t, int) { (*static_cast<const Work*>(called))(); }});
    }

    template <class Body>
    void share(std::int64_t count, const Body& body) {
        if (count == 1 || threads_ == 1) {
            for (std::int64_t i = 0; i < count; ++i) body(i, 0);
            return;
        }
        share_loop(count, {&body, [](const void* called, std::int64_t i, int thread) { (*static_cast<const Body*>(called))(i, thread); }});
    }

private:
    struct Loop {
        const void* body;
        void (*call)(const void* body, std::int64_t i, int thread);
    };
    // How many of a thread's stretch are left, in the lower half; the loop's number in the upper. Who counts down owns what he has counted,
    // and the loop stays what it is until all are done.
    struct alignas(64) Stretch {
        std::atomic<std::uint64_t> left = 0;
    };
    void gather(const Loop& work);
    void share_loop(std::int64_t count, const Loop& loop);
    void help(int thread);
    bool do_one(int thread);
    bool do_one_of(int stretch, int thread);
    std::int64_t end_of(std::int64_t count, int stretch) const { return count * (stretch + 1) / threads_; }

    tbb::task_arena arena_;
    int threads_;
    bool gathered_ = false;
    // The loop at hand.
    std::atomic<const void*> body_ = nullptr;
    std::atomic<void (*)(const void*, std::int64_t, int)> call_ = nullptr;
    std::atomic<std::int64_t> count_ = 0;
    std::unique_ptr<Stretch[]> stretches_;
    alignas(64) std::atomic<std::int64_t> done_ = 0;
    std::atomic<bool> dismissed_ = false;
};

}  // namespace octavo::onednn
