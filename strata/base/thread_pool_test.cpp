// The contract of thread_pool.hpp; it has no outside party.
#include <strata/base/thread_pool.hpp>

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include <strata/base/mutex.hpp>

namespace strata {
namespace {

TEST(ParallelFor, CoversEveryIndexOnce) {
    for (const std::size_t count : {0U, 1U, 7U, 1'000U}) {
        std::vector<int> seen(count);
        parallel_for(count, 3, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) ++seen[i];
        });
        EXPECT_EQ(seen, std::vector<int>(count, 1));
    }
}

TEST(ParallelFor, StaysOnItsThreadWhileOneThreadLives) {
    const auto threads_of_loop = [] {
        Mutex mutex;
        std::set<std::thread::id> threads;
        parallel_for(64, 1, [&](std::size_t, std::size_t) {
            const Lock lock(mutex);
            threads.insert(std::this_thread::get_id());
        });
        return threads;
    };
    const bool before = can_split();
    {
        const OneThread outer;
        {
            const OneThread inner;
        }
        EXPECT_FALSE(can_split());
        EXPECT_EQ(threads_of_loop(), std::set{std::this_thread::get_id()});
    }
    EXPECT_EQ(can_split(), before);
}

}  // namespace
}  // namespace strata
