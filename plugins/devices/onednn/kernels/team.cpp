#include "kernels/team.h"

#include <tbb/parallel_for.h>

#include <immintrin.h>

#include <thread>

namespace octavo::onednn {
namespace {

// Waits a little: with open eyes at first, then where somebody else may have the core.
class Patience {
public:
    void wait() {
        if (++waits_ < 2000)
            _mm_pause();
        else
            std::this_thread::yield();
    }

private:
    int waits_ = 0;
};

}  // namespace

// A parallel_for splits off what lies behind and begins with the first index itself, so the work waits for no helper; helpers that nobody
// has begun with when it ends return at once. tbb::task_group would say the same with a symbol that older oneTBBs lack, and OpenVINO brings
// one.
void Team::gather(const Loop& work) {
    dismissed_ = false;
    gathered_ = true;
    struct Dismiss {
        Team& team;
        ~Dismiss() {
            team.gathered_ = false;
            team.dismissed_.store(true, std::memory_order_release);
        }
    };
    tbb::parallel_for(
        tbb::blocked_range<int>(0, threads_, 1),
        [&](const tbb::blocked_range<int>& range) {
            if (range.begin() > 0) return help(range.begin());
            const Dismiss dismiss{*this};
            work.call(work.body, 0, 0);
        },
        tbb::simple_partitioner());
}

// Nobody else adds to a loop, so one in which nothing is left has nothing for this thread until the next begins.
void Team::help(int thread) {
    const auto& own = stretches_[static_cast<std::size_t>(thread)].left;
    std::uint64_t seen = ~std::uint64_t{0};
    for (Patience patience; !dismissed_.load(std::memory_order_acquire);) {
        const std::uint64_t number = own.load(std::memory_order_acquire) >> 32;
        if (number == seen) {
            patience.wait();
            continue;
        }
        while (do_one(thread)) {
        }
        seen = number;
        patience = {};
    }
}

bool Team::do_one(int thread) {
    for (int i = 0; i < threads_; ++i)
        if (do_one_of((thread + i) % threads_, thread)) return true;
    return false;
}

// Tries again until there is one, or none is left.
bool Team::do_one_of(int stretch, int thread) {
    auto& all = stretches_[static_cast<std::size_t>(stretch)].left;
    for (std::uint64_t left = all.load(std::memory_order_acquire); static_cast<std::uint32_t>(left) != 0;) {
        const void* const body = body_.load(std::memory_order_relaxed);
        const auto call = call_.load(std::memory_order_relaxed);
        const std::int64_t count = count_.load(std::memory_order_relaxed);
        if (!all.compare_exchange_weak(left, left - 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
        call(body, end_of(count, stretch) - static_cast<std::uint32_t>(left), thread);
        done_.fetch_add(1, std::memory_order_release);
        return true;
    }
    return false;
}

void Team::share_loop(std::int64_t count, const Loop& loop) {
    if (!gathered_)
        return tbb::parallel_for(
            tbb::blocked_range<std::int64_t>(0, count, 1),
            [&](const tbb::blocked_range<std::int64_t>& range) {
                for (std::int64_t i = range.begin(); i < range.end(); ++i)
                    loop.call(loop.body, i, tbb::this_task_arena::current_thread_index());
            },
            tbb::simple_partitioner());
    body_.store(loop.body, std::memory_order_relaxed);
    call_.store(loop.call, std::memory_order_relaxed);
    count_.store(count, std::memory_order_relaxed);
    done_.store(0, std::memory_order_relaxed);
    const std::uint64_t number = (stretches_[0].left.load(std::memory_order_relaxed) >> 32) + 1;
    for (int stretch = threads_ - 1; stretch >= 0; --stretch) {
        const std::int64_t size = end_of(count, stretch) - end_of(count, stretch - 1);
        stretches_[static_cast<std::size_t>(stretch)].left.store((number << 32) + static_cast<std::uint64_t>(size),
                                                                 std::memory_order_release);
    }
    while (do_one(0)) {
    }
    for (Patience patience; done_.load(std::memory_order_acquire) < count;) patience.wait();
}

}  // namespace octavo::onednn
