#include <strata/base/large_stack.hpp>

#include <pthread.h>

#include <cstring>
#include <deque>

#include <strata/base/mutex.hpp>

namespace strata {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define STRATA_SANITIZED
#endif
#endif

// The reference has stacks of 64 MiB (ref-fvm fvm/src/executor/threaded.rs). The most expensive nested calls that
// people can build from our actors are multisigs that approve into one another. Each level of them takes 13 KiB in a
// release build, 18 KiB without optimization and 31 KiB under the address sanitizer, so 1,024 levels take 13, 18 and 31
// MiB; actors/nested_calls_test.cpp measures this and requires half of the stack to stay free. A contract takes 18 KiB
// in a release build, but it gives an inner call at most 63/64 of its gas, so that 10^10 gas end after 300 levels.
// Actors that run as WASM choose the size of their frames themselves: the stack limiter counts values, not bytes
// (docs/protocol/fvm.md §6.3), so they get four times the reference's stack. Memory is used only as far as a stack
// grows.
#if defined(STRATA_SANITIZED)
constexpr std::size_t kStackSize = 512 * kMiB;
#else
constexpr std::size_t kStackSize = 256 * kMiB;
#endif

// False on the threads of the pool. The value is not zero at first, so that the variable is in .tdata: if the first
// section of a program's read-only part is .tbss, mold 1.10 may place that section on a page that is not mapped, and
// the program does not start.
thread_local bool is_ordinary = true;

// The threads that wait for jobs. They use the pool until the process ends, so the pool is never destroyed.
class Pool {
  public:
    static Pool& instance() {
        static Pool* pool = new Pool;
        return *pool;
    }

    Status start(std::move_only_function<void()> job) STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        // Each queued job will take one of the idle threads.
        if (idle_ <= jobs_.size()) STRATA_OK(add_thread());
        jobs_.push_back(std::move(job));
        wake_.notify_one();
        return {};
    }

  private:
    Status add_thread() STRATA_REQUIRES(mutex_) {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, kStackSize);
        // Nobody joins the thread: it serves until the process ends.
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_t thread{};
        const int error = pthread_create(&thread, &attributes, &Pool::serve, this);
        pthread_attr_destroy(&attributes);
        if (error != 0)
            return fail(Errc::io, "cannot start a thread with a stack of " + std::to_string(kStackSize / kMiB) +
                                      " MiB: " + std::strerror(error));
        ++idle_;
        return {};
    }

    static void* serve(void* self) {
        is_ordinary = false;
        static_cast<Pool*>(self)->work();
        return nullptr;
    }

    // A thread counts as idle from its start and whenever it waits for a job.
    void work() STRATA_EXCLUDES(mutex_) {
        Lock lock(mutex_);
        for (;;) {
            while (jobs_.empty()) wake_.wait(lock);
            auto job = std::move(jobs_.front());
            jobs_.pop_front();
            --idle_;
            lock.unlock();
            job();
            job = nullptr;
            lock.lock();
            ++idle_;
        }
    }

    Mutex mutex_;
    Condition wake_;
    std::deque<std::move_only_function<void()>> jobs_ STRATA_GUARDED_BY(mutex_);
    std::size_t idle_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace

bool on_large_stack() {
    return !is_ordinary;
}

Status detail::start_on_large_stack(std::move_only_function<void()> job) {
    return Pool::instance().start(std::move(job));
}

}  // namespace strata
