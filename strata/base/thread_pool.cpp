#include <strata/base/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <strata/base/mutex.hpp>

namespace strata {
namespace {

// False on threads of the pool, and on a caller inside parallel_for: if all threads waited for further jobs, no thread
// would be left to run them. It is not zero at first for the reason in large_stack.cpp.
thread_local bool may_split = true;

class Pool {
  public:
    explicit Pool(std::size_t threads) {
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
    }
    ~Pool() {
        {
            const Lock lock(mutex_);
            stop_ = true;
        }
        wake_.notify_all();
        for (auto& thread : threads_) thread.join();
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    std::size_t size() const { return threads_.size(); }
    void post(std::function<void()> job) {
        {
            const Lock lock(mutex_);
            jobs_.push_back(std::move(job));
        }
        wake_.notify_one();
    }

  private:
    void run() {
        may_split = false;
        for (;;) {
            std::function<void()> job;
            {
                Lock lock(mutex_);
                while (!stop_ && jobs_.empty()) wake_.wait(lock);
                if (jobs_.empty()) return;
                job = std::move(jobs_.front());
                jobs_.pop_front();
            }
            job();
        }
    }

    Mutex mutex_;
    Condition wake_;
    std::deque<std::function<void()>> jobs_ STRATA_GUARDED_BY(mutex_);
    bool stop_ STRATA_GUARDED_BY(mutex_) = false;
    std::vector<std::thread> threads_;
};

Pool& pool() {
    static Pool instance(worker_threads() - 1);
    return instance;
}

/// One parallel_for(). Threads take the next chunk until none is left; the last to finish wakes the caller.
struct Loop {
    std::size_t count;
    std::size_t chunk;
    const std::function<void(std::size_t, std::size_t)>& body;
    std::atomic<std::size_t> next{0};
    Mutex mutex;
    Condition finished;
    std::size_t done STRATA_GUARDED_BY(mutex) = 0;

    void work() {
        for (;;) {
            const std::size_t begin = next.fetch_add(chunk);
            if (begin >= count) return;
            const std::size_t end = std::min(count, begin + chunk);
            body(begin, end);
            const Lock lock(mutex);
            done += end - begin;
            if (done == count) finished.notify_all();
        }
    }
};

}  // namespace

std::size_t worker_threads() {
    static const std::size_t threads = [] {
        const char* text = std::getenv("STRATA_THREADS");
        const unsigned long wanted = text != nullptr ? std::strtoul(text, nullptr, 10) : 0;
        return std::clamp<std::size_t>(wanted != 0 ? wanted : std::thread::hardware_concurrency(), 1, 256);
    }();
    return threads;
}

OneThread::OneThread() : could_split_(std::exchange(may_split, false)) {}
OneThread::~OneThread() {
    may_split = could_split_;
}

bool can_split() {
    return may_split && worker_threads() > 1;
}

void parallel_for(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
    if (count == 0) return;
    grain = std::max<std::size_t>(grain, 1);
    const std::size_t threads = std::min(worker_threads(), (count + grain - 1) / grain);
    if (threads <= 1 || !may_split) return body(0, count);
    // About four chunks for each thread even out the speeds of threads.
    const std::size_t chunk = std::max(grain, (count + threads * 4 - 1) / (threads * 4));
    // The loop is shared with the jobs: a job may start after the loop has finished, and then finds no work left.
    auto loop = std::make_shared<Loop>(count, chunk, body);
    for (std::size_t i = 1; i < threads; ++i) pool().post([loop] { loop->work(); });
    may_split = false;
    loop->work();
    may_split = true;
    Loop& shared = *loop;
    Lock lock(shared.mutex);
    while (shared.done != shared.count) shared.finished.wait(lock);
}

}  // namespace strata
