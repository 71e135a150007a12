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

void Team::help(int thread) {
    for (Patience patience; !dismissed_.load(std::memory_order_acquire);)
        if (do_one(thread))
            patience = {};
        else
            patience.wait();
}

bool Team::do_one(int thread) {
    std::uint64_t left = left_.load(std::memory_order_acquire);
    const auto count = static_cast<std::uint32_t>(left);
    if (count == 0) return false;
    const void* const body = body_.load(std::memory_order_relaxed);
    const auto call = call_.load(std::memory_order_relaxed);
    if (!left_.compare_exchange_strong(left, left - 1, std::memory_order_acq_rel)) return true;  // somebody else's, or another loop's
    call(body, std::int64_t{count} - 1, thread);
    done_.fetch_add(1, std::memory_order_release);
    return true;
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
    const auto all = static_cast<std::uint32_t>(count);
    body_.store(loop.body, std::memory_order_relaxed);
    call_.store(loop.call, std::memory_order_relaxed);
    done_.store(0, std::memory_order_relaxed);
    left_.store((((left_.load(std::memory_order_relaxed) >> 32) + 1) << 32) + all, std::memory_order_release);
    while (do_one(0)) {
    }
    for (Patience patience; done_.load(std::memory_order_acquire) < all;) patience.wait();
}

}  // namespace octavo::onednn
