#pragma once
// A mutex that clang's thread-safety analysis understands: a member marked STRATA_GUARDED_BY cannot be touched without
// its lock, and a function marked STRATA_REQUIRES cannot be called without it. libstdc++'s own types do not have such
// marks. Source of the attributes: clang's ThreadSafetyAnalysis page.
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define STRATA_THREAD_(x) __attribute__((x))
#else
#define STRATA_THREAD_(x)
#endif

#define STRATA_GUARDED_BY(mutex) STRATA_THREAD_(guarded_by(mutex))
#define STRATA_PT_GUARDED_BY(mutex) STRATA_THREAD_(pt_guarded_by(mutex))
/// The caller holds the mutex.
#define STRATA_REQUIRES(...) STRATA_THREAD_(requires_capability(__VA_ARGS__))
/// The caller does not hold the mutex: the function takes it.
#define STRATA_EXCLUDES(...) STRATA_THREAD_(locks_excluded(__VA_ARGS__))

namespace strata {

class STRATA_THREAD_(capability("mutex")) Mutex {
  public:
    Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    void lock() STRATA_THREAD_(acquire_capability()) { mutex_.lock(); }
    void unlock() STRATA_THREAD_(release_capability()) { mutex_.unlock(); }
    bool try_lock() STRATA_THREAD_(try_acquire_capability(true)) { return mutex_.try_lock(); }

  private:
    std::mutex mutex_;
};

/// Holds a mutex until the end of the scope; it may be released early and taken again.
class STRATA_THREAD_(scoped_lockable) Lock {
  public:
    explicit Lock(Mutex& mutex) STRATA_THREAD_(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() STRATA_THREAD_(release_capability()) {
        if (held_) mutex_.unlock();
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    void lock() STRATA_THREAD_(acquire_capability()) {
        mutex_.lock();
        held_ = true;
    }
    void unlock() STRATA_THREAD_(release_capability()) {
        held_ = false;
        mutex_.unlock();
    }

  private:
    Mutex& mutex_;
    bool held_ = true;
};

/// A condition variable for `Mutex`. The caller holds `lock` and checks its condition in a loop of its own, since the
/// analysis cannot look into a lambda passed here.
class Condition {
  public:
    void wait(Lock& lock) { condition_.wait(lock); }
    /// Waits and returns false if `deadline` passed first.
    template <class Clock, class Duration>
    bool wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& deadline) {
        return condition_.wait_until(lock, deadline) == std::cv_status::no_timeout;
    }
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

  private:
    std::condition_variable_any condition_;
};

}  // namespace strata
